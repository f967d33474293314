"""What all that read pictures have in common: a client of a server, and a model in this process."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from serving.ink import Invert
from serving.prediction import NOTHING, Prediction
from serving.prepare import Prepared, prepare
from vocabulary.errors import UserError
from vocabulary.pictures import UnreadableError, upright


class RefusedError(UserError):
    """A server that can be reached, or a model, does not take a request."""


class Reader(ABC):
    """Reads pictures, once somebody says how a model is asked."""

    @abstractmethod
    def _ask(self, pictures: Sequence[bytes], version: int | None) -> list[Prediction]:
        """What a version of the model, None for the newest, answers to PNG or JPEG pictures.

        Raises:
            UserError: if it cannot be reached; `RefusedError` if it refuses, and why.
        """

    def predict(
        self,
        pictures: Sequence[bytes],
        *,
        version: int | None = None,
        invert: Invert | None = None,
    ) -> list[Prediction]:
        """Reads encoded pictures, in one request.

        Args:
            pictures: PNG, JPEG, WebP, BMP, TIFF or GIF, of any size. What EXIF says is on its side
                is turned upright.
            version: of the model; None for the newest.
            invert: whether they are dark ink on light paper; auto: if the border is light. Ink is
                then looked for, and sent in the size that models are trained on. None: it is not,
                and pictures are sent as they are, light ink on a dark ground.

        Raises:
            UserError: if the server cannot be reached; `RefusedError` if a picture is refused.
        """
        prepared = [_prepared(index, one, invert) for index, one in enumerate(pictures)]
        return self.read(prepared, version=version)

    def read(self, pictures: Sequence[Prepared], *, version: int | None = None) -> list[Prediction]:
        """Reads pictures that are prepared, in one request; blank ones are not sent.

        Raises:
            UserError: as `predict`.
        """
        sent = [picture.encoded for picture in pictures if not picture.is_blank]
        answers = iter(self._ask(sent, version) if sent or not pictures else ())
        return [NOTHING if one.is_blank else one.finish(next(answers)) for one in pictures]


def _prepared(index: int, picture: bytes, invert: Invert | None) -> Prepared:
    if invert is None:
        return Prepared(upright(picture))
    try:
        return prepare(picture, invert=invert)
    except UnreadableError as error:
        raise RefusedError(f"picture {index} {error}") from error
