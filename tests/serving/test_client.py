"""The client: what it says of a server that is not there."""

import pytest
from known_model import picture

from serving.client import RefusedError, connect
from vocabulary.errors import UserError


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "grpc://127.0.0.1:9"])
def test_a_server_that_is_not_there_is_named_with_what_to_look_at(url: str) -> None:
    with (
        connect(url) as client,
        pytest.raises(
            UserError, match=r"127\.0\.0\.1:9.* cannot be reached: .*; is it running"
        ) as e,
    ):
        client.predict([picture(1)])
    assert not isinstance(e.value, RefusedError)  # which would blame the request
