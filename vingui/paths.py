"""The one place that knows where the package and the assets are."""

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent

# A wheel carries the assets inside the package; a checkout has them beside it.
ASSETS: Final = next(
    folder for folder in (PACKAGE / "_assets", PACKAGE.parent / "assets") if folder.is_dir()
)

MODELS: Final = ASSETS / "models"
MAPS: Final = ASSETS / "maps"
GUIDE: Final = ASSETS / "guide"
ICONS: Final = ASSETS / "icons"
