"""Where the files that vingui writes carry their recipe, and reading it from there.

| file | place |
| --- | --- |
| PNG | a text chunk under the keyword `KEY` |
| WebP | an XMP packet that holds a `<vingui:recipe>` |
| SVG | a `<vingui:recipe>` in its `<metadata>` |
| PDF | the keywords of its information dictionary |
| GIF | a comment before the first picture |
| MP4 | the comment of its metadata |
| JSON | the value of `"recipe"` |
| NPZ | an array `recipe` of bytes, uint8 |
| CSV | a last line that begins with `# vingui-recipe: ` |
"""

from vingui.core.embedding.markers import (
    COMMENT_LINE,
    KEY,
    NAMESPACE,
    SOFTWARE,
    recipe_element,
    xmp_packet,
)
from vingui.core.embedding.reading import has_recipe, read_recipe

__all__ = [
    "COMMENT_LINE",
    "KEY",
    "NAMESPACE",
    "SOFTWARE",
    "has_recipe",
    "read_recipe",
    "recipe_element",
    "xmp_packet",
]
