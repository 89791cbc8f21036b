"""The keywords and elements that hold a recipe in a file."""

from typing import Final
from xml.sax.saxutils import escape

KEY: Final = "vingui-recipe"
"""The keyword of a PNG's text chunk."""

NAMESPACE: Final = "https://vingui.invalid/recipe"
"""The XML namespace of `<vingui:recipe>`, in the metadata of an SVG and in an XMP packet."""

COMMENT_LINE: Final = f"# {KEY}: "
"""What a table's last line begins with; the recipe is the rest of it."""

SOFTWARE: Final = "vingui"
"""The software that files name as their maker."""


def recipe_element(text: str) -> str:
    """An encoded recipe as an XML element: `<vingui:recipe xmlns:vingui="...">...`, escaped."""
    return f'<vingui:recipe xmlns:vingui="{NAMESPACE}">{escape(text)}</vingui:recipe>'


def xmp_packet(text: str) -> bytes:
    """An XMP packet (ISO 16684-1) that holds an encoded recipe."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="">{recipe_element(text)}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
        '<?xpacket end="r"?>'
    ).encode()
