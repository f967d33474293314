"""Folders in place of buckets and volumes: there and back, and nothing else."""

import json
from pathlib import Path

import pytest
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2 as pb

from kubeflow.execute.folders import Folders

ROOT = Path("/mnt/work space")
FOLDERS = Folders(ROOT, {"/mnt": "models", "/mnt/deep": "other"})


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("gs://b/x", "/mnt/work space/gs/b/x"),
        ("minio://b/x", "/mnt/work space/minio/b/x"),
        ("/mnt/x", "/mnt/work space/volumes/models/x"),
        ("/mnt", "/mnt/work space/volumes/models"),
        ("/mnt/deep/x", "/mnt/work space/volumes/other/x"),
        ("/mntx", "/mntx"),
        ("/mnt/work space/run/pod/out.json", "/mnt/work space/run/pod/out.json"),
    ],
)
def test_address_has_its_folder(address: str, path: str) -> None:
    assert str(FOLDERS.path(address)) == path


def executor_input(uri: str, options: str) -> pb.ExecutorInput:
    return json_format.ParseDict(
        {
            "inputs": {
                "artifacts": {"x": {"artifacts": [{"uri": uri}]}},
                "parameterValues": {"options": options, "n": 3},
            }
        },
        pb.ExecutorInput(),
    )


@pytest.mark.parametrize("place", ["gs://b", "/mnt/serving", "/mnt/deep/x"])
def test_addresses_in_texts_of_json_become_paths_and_addresses_again(place: str) -> None:
    inner = json.dumps({"checkpoints": f"{place}/c", "odd": 'a "quoted" \\ text'})
    told = executor_input(place, json.dumps({"options": inner}))
    here = FOLDERS.localized(told)
    path = str(FOLDERS.path(place))
    assert here.inputs.artifacts["x"].artifacts[0].uri == path
    options = json.loads(here.inputs.parameter_values["options"].string_value)["options"]
    assert json.loads(options)["checkpoints"] == f"{path}/c"
    assert FOLDERS.restored(here) == told


def test_root_that_json_must_escape_is_escaped() -> None:
    folders = Folders(Path('/a "b" c'))
    here = folders.localized(executor_input("gs://b", '{"options": "{\\"dir\\": \\"gs://b\\"}"}'))
    options = json.loads(here.inputs.parameter_values["options"].string_value)["options"]
    assert json.loads(options) == {"dir": '/a "b" c/gs/b'}


def test_word_of_a_command_has_paths_too() -> None:
    assert FOLDERS.localized_word("--temp=gs://b/t") == f"--temp={ROOT}/gs/b/t"
    assert FOLDERS.localized_word("--temp=/mnt/t") == f"--temp={ROOT}/volumes/models/t"
    assert FOLDERS.localized_word("{{$}}") == "{{$}}"


def test_what_the_launcher_copies_is_left_to_it() -> None:
    told = executor_input("minio://b/x", "s3://b")
    assert FOLDERS.localized(told) == told
