"""Reading configs: layers, what is refused and with which sentence."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from pipeline.config.config import Config
from pipeline.config.file import read_config, write_config
from pipeline.config.yaml_text import load_yaml
from vocabulary.errors import UserError
from vocabulary.task.options import options_of

SHIPPED = sorted(
    path.name for path in resources.files("configs").iterdir() if path.name.endswith(".yaml")
)

patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""However busy the machine is."""


def refusal(text: str | bytes | None, *settings: str, folder: Path) -> str:
    """The sentence that refuses a config file and settings; FILE stands for the file's path."""
    path = folder / "my.yaml"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UserError) as caught:
        read_config(None if text is None else path, settings)
    return str(caught.value).replace(str(path), "FILE")


def test_setting_overrides_file_overrides_default(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("training: {epochs: 7, batch_size: 32}\n")
    config = read_config(path, ["training.epochs=9"])
    default = read_config()
    assert config.training.epochs == 9
    assert config.training.batch_size == 32 != default.training.batch_size
    assert config.training.learning_rate == default.training.learning_rate


def test_later_setting_wins() -> None:
    assert read_config(None, ["seed=1", "seed=2"]).seed == 2


def test_group_is_merged_key_by_key() -> None:
    default = read_config()
    config = read_config(None, ["evaluation.bars={iou_at_50: 0.5}", "splits={test: 10}"])
    assert config.evaluation.bars == {**default.evaluation.bars, "iou_at_50": 0.5}
    assert config.splits == {**default.splits, "test": 10}


def test_a_bar_on_a_value_that_no_slice_has_is_a_sentence_with_a_suggestion() -> None:
    setting = "evaluation.slice_bars=[{slice: size, value: smal, bars: {accuracy: 0.9}}]"
    with pytest.raises(UserError) as caught:
        read_config(None, [setting])
    assert str(caught.value) == (
        f"--set {setting}: evaluation.slice_bars: the slice size has no value smal; "
        "did you mean small?"
    )


def test_the_keys_of_a_source_are_those_of_its_kind_in_any_order() -> None:
    settings = ["source.dir=mine", "source.kind=folder", "source.crop=0.3"]
    for order in (settings, settings[::-1]):
        source = read_config(None, order).source
        assert source.model_dump() == {
            "kind": "folder", "dir": "mine", "tolerate": 0, "crop": 0.3, "group": None
        }  # fmt: skip
    assert read_config(None, ["source.kind=mnist"]).source.model_dump() == {
        "kind": "mnist", "dir": "data/mnist"
    }  # fmt: skip


def test_another_kind_takes_the_place_of_that_of_a_file_with_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "persian.yaml"
    path.write_text("source: {kind: font, script: persian}\ncanvas: {channels: 3}")
    config = read_config(path, ["source.kind=folder", "source.dir=mine"])
    assert config.source == read_config(None, ["source={kind: folder, dir: mine}"]).source
    assert config.canvas.channels == 3


def test_exponent_without_point_is_a_number() -> None:
    assert read_config(None, ["training.learning_rate=1e-4"]).training.learning_rate == 1e-4


PARTS_THAT_DO_NOT_FIT = {
    "[{kind: uci, share: 0.5}, {kind: font}]": (
        "source.parts[1]: the part font has no share; add it (share: of the pictures of each split)"
    ),
    "[{kind: uci, share: 0.5}, {kind: folder, share: 0.5}]": (
        "source.parts[1]: the part folder has no dir; "
        "add it (dir: folder of the pictures and their labels)"
    ),
    "[{kind: uci, share: 0.5}, {kind: folder, dir: 3, share: 0.5}]": (
        "source.parts[1].dir is 3: input should be a valid string"
    ),
    "[{kind: uci, share: 0.5}, {kind: font, dir: x, share: 0.5}]": (
        "source.parts[1]: there is no key dir where kind is font; its keys are kind, script, share"
    ),
    "[{kind: photo, share: 0.5}, {kind: font, share: 0.5}]": (
        "source.parts[0]: there is no source photo; "
        "choose from folder, font, handwriting, mixed, mnist, svhn, uci"
    ),
    "[{kind: uci, share: 0.5}, {kind: font, share: 0.2}]": (
        "source: the shares of the parts are 0.7 together; make them 1"
    ),
    "[{kind: mnist, share: 0.5}, {kind: handwriting, share: 0.5}]": (
        "source: parts are handwriting and mnist, which share digits that would be in two splits; "
        "leave one of them out"
    ),
    "[{kind: uci, share: 0.5}, {kind: uci, share: 0.5}]": (
        "source: 2 parts are uci, the same digits; name it once"
    ),
}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            ["trainng.epochs=4"],
            "--set trainng.epochs=4: there is no key trainng.epochs; did you mean training.epochs?",
        ),
        (
            ["training.epoch=4"],
            "--set training.epoch=4: there is no key training.epoch; did you mean training.epochs?",
        ),
        (["epochs=4"], "--set epochs=4: there is no key epochs; did you mean training.epochs?"),
        (
            ["xyzzy=1"],
            "--set xyzzy=1: there is no key xyzzy; see configs/default.yaml for all keys",
        ),
        (
            ["training.epochs=many"],
            '--set training.epochs=many: training.epochs is "many": '
            "input should be a valid integer",
        ),
        (["seed=true"], "--set seed=true: seed is true: input should be a valid integer"),
        (
            ["training.epochs=0"],
            "--set training.epochs=0: training.epochs is 0: "
            "input should be greater than or equal to 1",
        ),
        (
            ["training.learning_rate=.nan"],
            "--set training.learning_rate=.nan: training.learning_rate is NaN: "
            "input should be a finite number",
        ),
        (
            ["splits.eval=0"],
            "--set splits.eval=0: splits.eval is 0: input should be greater than or equal to 1",
        ),
        (
            ["splits.test=-5"],
            "--set splits.test=-5: splits.test is -5: input should be greater than or equal to 1",
        ),
        (
            ["source.kind=photo"],
            "--set source.kind=photo: source.kind: there is no source photo; "
            "choose from folder, font, handwriting, mixed, mnist, svhn, uci",
        ),
        (
            ["source.dir=mine"],
            "--set source.dir=mine: there is no key source.dir where source.kind is handwriting; "
            "its keys are kind",
        ),
        (
            ["source.kind=folder"],
            "--set source.kind=folder: source: the source folder needs a folder: source.dir=FOLDER",
        ),
        (
            ["source.dir=mine", "source.kind=folder", "source.group=("],
            "--set source.group=(: source.group: ( is no regular expression: missing ), "
            "unterminated subpattern at position 0",
        ),
        (
            ["model.kind=resnet"],
            "--set model.kind=resnet: model.kind: the task localization has no network resnet; "
            "choose from backbone, edge, lab, two_branch",
        ),
        (
            ["task.kind=classification"],
            "default.yaml: model.kind: the task classification has no network edge; "
            "choose from backbone, linear, small",
        ),
        (
            ["model.weights=none"],
            "--set model.weights=none: there is no key model.weights where model.kind is edge; "
            "its keys are kind",
        ),
        (
            ["model.kind=backbone", "model.name=VGG61"],
            "--set model.name=VGG61: model.name: there is no VGG61 in keras.applications; "
            "did you mean VGG19?",
        ),
        (
            ["model.kind=backbone", "model.trained=some"],
            '--set model.trained=some: model.trained is "some": input should be a valid integer',
        ),
        (
            ["task.classes=[3, cat, 3]"],
            "--set task.classes=[3, cat, 3]: task.classes: 3 and 3 are one class; name each "
            "class once",
        ),
        (
            ["task.classes=[cat]"],
            '--set task.classes=[cat]: task.classes is ["cat"]: list should have at least 2 items '
            "after validation, not 1",
        ),
        (
            ["task.classes=[cat, 7]"],
            "--set task.classes=[cat, 7]: task.classes names cat, and the source handwriting has "
            "the digits alone; take it out, or choose source.kind=folder",
        ),
        (
            ["task.classes=[3, ' ']"],
            "--set task.classes=[3, ' ']: task.classes: ' ' is no name of a class; write it "
            "without space around it",
        ),
        (
            ["source.kind=font", "source.script=arabic"],
            "--set source.script=arabic: source.script is \"arabic\": input should be 'persian'",
        ),
        *(
            (
                [f"source={{kind: mixed, parts: {parts}}}"],
                f"--set source={{kind: mixed, parts: {parts}}}: {sentence}",
            )
            for parts, sentence in PARTS_THAT_DO_NOT_FIT.items()
        ),
        (
            ["scene.scale=[2, 1]"],
            "--set scene.scale=[2, 1]: scene.scale: the low end 2 is above the high end 1; "
            "swap them",
        ),
        (
            [f"task.classes=[cat, {'x' * 5000}]"],
            f'--set task.classes=[cat, {"x" * 175}...: task.classes[1] is "{"x" * 199}...: '
            "string should have at most 100 characters",
        ),
        (["training=5"], "--set training=5: training is 5: input should be an object"),
        (["epochs"], "--set epochs is not key=value; write for example training.epochs=5"),
        (["=5"], "--set =5 is not key=value; write for example training.epochs=5"),
        (
            ["splits={on: 5}"],
            "--set splits={on: 5}: the value is not YAML: the key True is not text; "
            "put it in quotes",
        ),
    ],
)
def test_bad_setting_is_a_sentence(settings: list[str], sentence: str, tmp_path: Path) -> None:
    assert refusal(None, *settings, folder=tmp_path) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("train: {}", "FILE: there is no key train; it is splits.train"),
        ("seed: -1", "FILE: seed is -1: input should be greater than or equal to 0"),
        ("scene: {scale: [2, 1]}", "FILE: scene.scale: the low end 2 is above the high end 1"),
        ("scene: {clutter: [3, 1]}", "FILE: scene: clutter's low end is above its high end"),
        ("seed: 1\nbeam: {runner: local\n", "FILE, line 3 is not YAML: "),
        ("seed: 1\n\tx: 2\n", "FILE, line 2 is not YAML: "),
        ("seed: 1\ntraining: {epochs: 1}\nseed: 2\n", "FILE, line 3 is not YAML: the key seed is "),
        ("splits: {train: 64, eval: 8, train: 9}", "FILE, line 1 is not YAML: the key train is "),
        ("seed: !!int abc", "FILE is not YAML: invalid literal for int()"),
        ("seed: 2024-99-99", "FILE is not YAML: month must be in 1..12"),
        ("evaluation: {slices: &a [*a]}", "FILE is not YAML: Circular reference detected"),
        ("seed: !!python/object:os.system x", "FILE, line 1 is not YAML: could not determine"),
        ("- 1\n- 2\n", "FILE holds no keys; see configs/default.yaml for what it may say"),
        ("just words", "FILE holds no keys"),
        (b"\xff\xfe\xfa\x00", "the config FILE cannot be read: it is not text; name a YAML file"),
        ("a: \0", "FILE is not YAML: unacceptable character #x0000"),
        ("splits: {train: " + "[" * 5000, "FILE is not YAML: "),
    ],
)
def test_bad_file_is_a_sentence(text: str | bytes, sentence: str, tmp_path: Path) -> None:
    message = refusal(text, folder=tmp_path)
    assert message.startswith(sentence)
    assert "\n" not in message


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_empty_file_changes_nothing(text: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text)
    assert read_config(path) == read_config()


def test_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nope\.yaml cannot be read: No such file or directory"):
        read_config(tmp_path / "nope.yaml")


def test_directory_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: Is a directory; name a YAML file"):
        read_config(tmp_path)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            ["scene.scale=[1, 3]"],
            "--set scene.scale=[1, 3]: scene.scale up to 3, turned and slanted by scene or ",
        ),
        (
            ["canvas.height=40"],
            "--set canvas.height=40: scene.scale up to 1.3, turned and slanted by scene or ",
        ),
        (
            ["splits.train=10"],
            "--set splits.train=10: training.batch_size is 64, more than the 10 examples of "
            "splits.train; lower it",
        ),
        (
            ["splits.train=16000", "training.batch_size=20000"],
            "--set training.batch_size=20000: training.batch_size is 20000, more than the 16000 "
            "examples of splits.train; lower it",
        ),
        (
            ["task.box=patch"],
            "--set task.box=patch: task.box: patch has no meaning for a turned or slanted glyph",
        ),
    ],
)
def test_values_that_do_not_go_together_are_a_sentence(
    settings: list[str], sentence: str, tmp_path: Path
) -> None:
    assert refusal(None, *settings, folder=tmp_path).startswith(sentence)


@pytest.mark.parametrize("missing", ["train", "eval"])
def test_missing_split_is_refused(missing: str) -> None:
    tree = read_config().model_dump(mode="json")
    del tree["splits"][missing]
    with pytest.raises(ValueError, match=f"splits has no {missing}; name both train and eval"):
        Config.model_validate_json(json.dumps(tree))


def test_each_wrong_value_has_its_line(tmp_path: Path) -> None:
    lines = refusal("seed: x\nbeam: {workers: 0}\n", folder=tmp_path).splitlines()
    assert [line.split(" is ")[0] for line in lines] == ["FILE: seed", "FILE: beam.workers"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_config_is_valid(name: str) -> None:
    with resources.as_file(resources.files("configs").joinpath(name)) as path:
        assert read_config(path) is not None


def test_default_config_holds_every_key_and_no_other() -> None:
    tree = yaml.safe_load(resources.files("configs").joinpath("default.yaml").read_text())
    assert keys_of_tree(tree, Config) == keys_of_model(Config)


@pytest.mark.parametrize("name", SHIPPED)
def test_effective_config_is_read_back_as_it_was(name: str, tmp_path: Path) -> None:
    with resources.as_file(resources.files("configs").joinpath(name)) as path:
        config = read_config(path, ["splits.null_=3"])
    write_config(config, tmp_path / "config.yaml")
    assert read_config(tmp_path / "config.yaml") == config


@patient
@given(
    folder=st.text(st.characters(codec="utf-8"), min_size=1),
    learning_rate=st.floats(1e-300, 10),
    split=st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True),
)
def test_any_valid_value_is_read_back(
    folder: str, learning_rate: float, split: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tree = read_config().model_dump(mode="json")
    tree["source"] = {"kind": "mnist", "dir": folder}
    tree["training"]["learning_rate"] = learning_rate
    tree["splits"].setdefault(split, 5)
    config = Config.model_validate_json(json.dumps(tree))
    path = tmp_path_factory.getbasetemp() / "read-back.yaml"
    write_config(config, path)
    assert read_config(path) == config


KNOWN = ["seed", "splits", "train", "eval", "evaluation", "bars", "scene", "scale", "a", "source"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.dates()
    | st.datetimes()
    | st.binary()
)
KEYS = st.sampled_from(KNOWN) | st.text() | st.integers() | st.none() | st.dates() | st.booleans()
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
)


@patient
@given(tree=st.dictionaries(KEYS, TREES))
def test_any_tree_in_a_file_is_read_or_refused(
    tree: dict[Any, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-tree.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=False))
    read_or_refuse(path, [])


@patient
@given(text=st.binary() | st.text(st.characters(codec="utf-8")).map(str.encode))
def test_any_file_is_read_or_refused(text: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any-file.yaml"
    path.write_bytes(text)
    read_or_refuse(path, [])


YAML_BITS = st.lists(
    st.sampled_from(
        [*"[]{}:,&*!|>'\"#-?<\n \t.0123eE", "!!int ", "!!set ", "<<", "~", "2024-13-01"]
    )
    | st.text(max_size=3)
).map("".join)


@patient
@given(key=st.sampled_from(["seed", "splits", "scene.scale", "evaluation"]), value=YAML_BITS)
def test_any_value_of_a_setting_is_read_or_refused(key: str, value: str) -> None:
    read_or_refuse(None, [f"{key}={value}"])


@patient
@given(setting=st.text())
def test_any_setting_is_read_or_refused(setting: str) -> None:
    read_or_refuse(None, [setting])


def read_or_refuse(path: Path | None, settings: list[str]) -> None:
    """What is read says what was asked for; what is refused is refused by its place."""
    refusal = ""
    try:
        config = read_config(path, settings)
    except UserError as error:
        refusal = str(error)
    if refusal:
        assert (str(path) if path else f"--set {settings[0]}") in refusal
        return
    asked = load_yaml(path.read_text()) if path else {}
    for setting in settings:
        key, _, value = setting.partition("=")
        asked = load_yaml(value)
        for part in reversed(key.strip().split(".")):
            asked = {part: asked}
    assert holds(config.model_dump(mode="json"), json.loads(json.dumps(asked or {}, default=str)))


def holds(effective: Any, asked: Any) -> bool:
    if not isinstance(asked, dict):
        return bool(effective == asked)
    return all(name in effective and holds(effective[name], asked[name]) for name in asked)


def keys_of_model(model: type[BaseModel], prefix: str = "") -> set[str]:
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        keys.add(prefix + name)
        inner = options_of("localization") if name == "task" else field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys |= keys_of_model(inner, f"{prefix}{name}.")
    return keys


def keys_of_tree(tree: dict[str, Any], model: type[BaseModel], prefix: str = "") -> set[str]:
    """The keys in a tree; those of open mappings (splits, bars) are the user's own."""
    keys: set[str] = set()
    for name, value in tree.items():
        keys.add(prefix + name)
        field = model.model_fields.get(name)
        inner = field.annotation if field else None
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            keys |= keys_of_tree(value, inner, f"{prefix}{name}.")
    return keys


def test_file_that_names_bars_replaces_them_all(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("evaluation: {bars: {iou_at_60: 0.5}}\n")
    assert read_config(path).evaluation.bars == {"iou_at_60": 0.5}


def test_file_builds_on_its_base_and_the_base_on_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "low.yaml").write_text("seed: 1\nmodel: {kind: lab}\nsplits: {train: 64, eval: 8}")
    (tmp_path / "high.yaml").write_text("base: low.yaml\nseed: 2\n")
    config = read_config(tmp_path / "high.yaml", ["splits.eval=16"])
    assert (config.seed, config.model.kind) == (2, "lab")
    assert config.splits == {"train": 64, "eval": 16}
    assert config.task == read_config().task


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        ("mine.yaml", "mine.yaml: base leads back to .*mine.yaml; name a file that stands"),
        ("other.yaml", "other.yaml: base leads back to .*mine.yaml"),
        ("gone.yaml", "the config .*gone.yaml cannot be read: No such file"),
    ],
)
def test_base_that_cannot_be_read_is_a_sentence(base: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(f"base: {base}\n")
    (tmp_path / "other.yaml").write_text("base: mine.yaml\n")
    with pytest.raises(UserError, match=sentence):
        read_config(tmp_path / "mine.yaml")


@pytest.mark.parametrize("base", ["../{folder}/mine.yaml", "link.yaml", "link.yaml/../mine.yaml"])
def test_base_that_leads_back_under_another_name_is_a_sentence(base: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"base: {base.format(folder=tmp_path.name)}\n")
    (tmp_path / "link.yaml").symlink_to(mine)
    with pytest.raises(UserError, match=r"base leads back to|cannot be read: Not a dir") as caught:
        read_config(mine)
    assert len(str(caught.value)) < 500


def test_base_that_is_a_link_to_itself_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("base: loop.yaml\n")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    with pytest.raises(UserError, match=r"loop\.yaml cannot be read: Too many levels"):
        read_config(tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    "value", ["{accuracy:0.5}", "{accuracy:0.5,mean_iou:0.5}", "{accuracy=0.5}"]
)
def test_missing_space_after_a_colon_is_one_sentence(value: str, tmp_path: Path) -> None:
    sentence = r"not YAML: write {accuracy: 0.5}, with a space after the colon"
    with pytest.raises(UserError, match=sentence) as caught:
        read_config(None, [f"evaluation.bars={value}"])
    assert "\n" not in str(caught.value)
    (tmp_path / "mine.yaml").write_text(f"evaluation:\n  bars: {value}\n")
    with pytest.raises(UserError, match=rf"mine.yaml, line 2 is {sentence}"):
        read_config(tmp_path / "mine.yaml")


def test_wrong_value_of_the_base_names_the_base(tmp_path: Path) -> None:
    (tmp_path / "low.yaml").write_text("seed: x\n")
    (tmp_path / "mine.yaml").write_text("base: low.yaml\n")
    with pytest.raises(UserError, match=r"low\.yaml: seed is"):
        read_config(tmp_path / "mine.yaml")


@pytest.mark.parametrize("key", ["box", "training.box_loss", "training.shift"])
def test_a_key_that_went_into_the_task_is_told_where_it_went(key: str) -> None:
    with pytest.raises(UserError, match=rf"no key {key}; it is task\.{key.split('.')[-1]}"):
        read_config(None, [f"{key}=x"])


def test_a_task_that_is_no_group_is_told_how_to_write_it() -> None:
    with pytest.raises(UserError, match=r"name its kind, as in task: \{kind: localization\}"):
        read_config(None, ["task=localization"])


def test_an_unknown_task_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UserError, match=r"task\.kind: there is no task x; choose from .*locali"):
        read_config(None, ["task.kind=x"])


def test_a_key_of_a_task_is_checked_by_it() -> None:
    with pytest.raises(UserError, match=r"task\.box_weight is 0"):
        read_config(None, ["task.box_weight=0"])
