"""Pictures as people have them: upright, and PNG or JPEG."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from vocabulary.pictures import MAX_PIXELS, UnreadableError, open_upright, upright, upright_size

ORIENTATION = 0x0112
# How a picture is stored that is upright once it is turned as the orientation says.
STORED = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.T,
    6: np.rot90,
    7: lambda a: np.rot90(a, 2).T,
    8: lambda a: np.rot90(a, -1),
}
SEEN = cv2.GaussianBlur(np.pad(np.full((16, 8), 230, np.uint8), ((8, 24), (4, 28))), (0, 0), 2)


def stored(orientation: int, form: str) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    written = io.BytesIO()
    pixels = np.ascontiguousarray(STORED[orientation](SEEN))
    Image.fromarray(pixels).save(written, form, exif=exif)
    return written.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", STORED)
def test_every_orientation_is_turned_upright(orientation: int, form: str) -> None:
    encoded = stored(orientation, form)
    sent = upright(encoded)
    with Image.open(io.BytesIO(sent)) as image:
        assert image.format in ("PNG", "JPEG")
        assert image.getexif().get(ORIENTATION, 1) == 1
    # Read by what knows nothing of EXIF.
    pixels = cv2.imdecode(
        np.frombuffer(sent, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    )
    assert pixels.shape == SEEN.shape == upright_size(encoded)[::-1]
    assert np.abs(pixels.astype(int) - SEEN).max() < 25
    assert (sent == encoded) == (orientation == 1 and form in ("PNG", "JPEG"))


@pytest.mark.parametrize("form", ["WEBP", "BMP", "TIFF", "GIF"])
@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "CMYK"])
def test_other_formats_become_png(form: str, mode: str) -> None:
    written = io.BytesIO()
    try:
        Image.fromarray(SEEN).convert(mode).save(written, form)
    except (OSError, ValueError):
        pytest.skip(f"{form} has no {mode}")
    sent = upright(written.getvalue())
    with Image.open(io.BytesIO(sent)) as image:
        assert image.format == "PNG"
        pixels = np.asarray(image.convert("L")).astype(int)
    dithered = cv2.GaussianBlur(np.asarray(pixels, np.uint8), (0, 0), 3).astype(int)
    assert np.abs(dithered - cv2.GaussianBlur(SEEN, (0, 0), 3)).max() < 40


def test_colours_of_lab_become_rgb() -> None:
    written = io.BytesIO()
    Image.fromarray(SEEN).convert("RGB").convert("LAB").save(written, "TIFF")
    assert open_upright(written.getvalue()).convert("L").size == SEEN.shape[::-1]


def test_of_an_animation_the_first_frame_counts() -> None:
    written = io.BytesIO()
    frames = [Image.fromarray(SEEN), Image.new("L", SEEN.shape[::-1], 255)]
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(upright(written.getvalue()))) as image:
        np.testing.assert_allclose(np.asarray(image.convert("L")), SEEN, atol=3)


@pytest.mark.parametrize(
    "broken", [b"", b"no picture", stored(1, "PNG")[:60], stored(6, "JPEG")[:300]]
)
def test_what_is_no_whole_picture_is_said_or_left_as_it_is(broken: bytes) -> None:
    assert upright(broken) == broken
    with pytest.raises(UnreadableError, match=r"is none of PNG, JPEG, WEBP|is broken"):
        open_upright(broken)


def test_what_says_that_it_is_huge_is_not_decoded() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    written = io.BytesIO()
    Image.new("1", (side, side)).save(written, "PNG")
    with pytest.raises(UnreadableError, match=f"is {side} x {side}, more than"):
        open_upright(written.getvalue())
