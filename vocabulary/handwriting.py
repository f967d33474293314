"""Where handwriting is from: the parts of what travels in packages, its fonts, other sources."""

from types import ModuleType
from typing import Final

import fontpkg_caveat
import fontpkg_dancing_script
import fontpkg_delius
import fontpkg_indie_flower
import fontpkg_kalam
import fontpkg_permanent_marker
import fontpkg_satisfy
import fontpkg_shadows_into_light
import fontpkg_yellowtail
import fontpkg_zeyada

PARTS: Final = ("uci", "mnist", "fonts")
"""Where a glyph is from; `image/source_id` begins with it, as in `uci/12`."""
FOLDER: Final = "folder"
"""With which that of a picture that people bring begins."""
SVHN: Final = "svhn"
"""With which that of a street number begins."""
AS_THEY_ARE: Final = (FOLDER, SVHN)
"""Sources of pictures that nobody draws."""

FONTS: Final[tuple[ModuleType, ...]] = (
    fontpkg_caveat,
    fontpkg_dancing_script,
    fontpkg_delius,
    fontpkg_indie_flower,
    fontpkg_kalam,
    fontpkg_permanent_marker,
    fontpkg_satisfy,
    fontpkg_shadows_into_light,
    fontpkg_yellowtail,
    fontpkg_zeyada,
)
"""The packages of the fonts, one family each; imported, so that the cache sees their versions."""
