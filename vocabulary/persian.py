"""Persian digits, and the fonts that have them."""

from pathlib import Path
from typing import Final

import fontpkg_almarai
import fontpkg_amiri
import fontpkg_cairo
import fontpkg_ibm_plex_sans_arabic
import fontpkg_noto_kufi_arabic
import fontpkg_noto_sans_arabic
import fontpkg_rubik
import matplotlib

DIGITS: Final = "۰۱۲۳۴۵۶۷۸۹"
"""U+06F0 to U+06F9, from 0 to 9."""

PACKAGES: Final = (
    fontpkg_almarai,
    fontpkg_amiri,
    fontpkg_cairo,
    fontpkg_ibm_plex_sans_arabic,
    fontpkg_noto_kufi_arabic,
    fontpkg_noto_sans_arabic,
    fontpkg_rubik,
)
"""One family each; imported, so that the cache sees their versions."""

DEJAVU: Final = "dejavu"


def families() -> dict[str, list[Path]]:
    """The files of each family by its name, in the order of names.

    Some of DejaVu's have no Persian digits.
    """
    files = {
        package.__name__.removeprefix("fontpkg_"): Path(package.ROOT, "files").glob("*.ttf")
        for package in PACKAGES
    }
    files[DEJAVU] = Path(matplotlib.get_data_path(), "fonts", "ttf").glob("DejaVu*.ttf")
    return {family: sorted(files[family]) for family in sorted(files)}
