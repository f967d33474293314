"""The three formats: globox reads what we write and we read what it writes; what is bad is said."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import globox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from vocabulary.errors import UserError
from vocabulary.labels import coco, voc, yolo
from vocabulary.labels.files import list_folder
from vocabulary.labels.recognise import read_labels
from vocabulary.labels.record import Annotated, Labels, Object

SIZE = (120, 80)
CLASSES = ("three", "5", "seven")
FORMS = {"yolo": yolo, "voc": voc, "coco": coco}

few = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def pixel_boxes(draw: st.DrawFn) -> tuple[float, ...]:
    """Of whole pixels, which every format can say."""
    xmin, ymin = draw(st.integers(0, SIZE[0] - 1)), draw(st.integers(0, SIZE[1] - 1))
    xmax, ymax = draw(st.integers(xmin + 1, SIZE[0])), draw(st.integers(ymin + 1, SIZE[1]))
    return xmin / SIZE[0], ymin / SIZE[1], xmax / SIZE[0], ymax / SIZE[1]


OBJECTS = st.lists(
    st.tuples(st.sampled_from(CLASSES), pixel_boxes()), max_size=4, unique_by=lambda one: one
)
RECORDS = st.lists(OBJECTS, min_size=1, max_size=3)


def records_of(objects: Sequence[Sequence[tuple[str, Any]]]) -> list[Annotated]:
    return [
        Annotated(f"{index}.png", tuple(Object(name, box, "") for name, box in some), SIZE)
        for index, some in enumerate(objects)
    ]


def write(form: str, folder: Path, records: Sequence[Annotated]) -> None:
    for record in records:
        Image.new("L", SIZE).save(folder / record.path)
    if form == "voc":
        voc.write(folder, records)
    else:
        FORMS[form].write(folder, records, CLASSES)


def plain(records: Sequence[Annotated]) -> dict[str, list[tuple[str, Any]]]:
    """Sorted objects by picture, their boxes so that they can be compared."""
    return {
        record.path: sorted(
            (one.name, tuple(round(edge, 6) for edge in one.box)) for one in record.objects
        )
        for record in records
    }


def of_globox(boxes: globox.AnnotationSet, names: Callable[[Any], str], first: int) -> Any:
    """As `plain` has it; `first` is the number of a picture's first pixel."""
    width, height = SIZE
    return {
        one.image_id: sorted(
            (
                names(box.label),
                tuple(
                    round(edge, 6)
                    for edge in (
                        (box.xmin - first) / width, (box.ymin - first) / height,
                        box.xmax / width, box.ymax / height,
                    )
                ),
            )
            for box in one.boxes
        )
        for one in boxes
    }  # fmt: skip


@few
@given(objects=RECORDS)
@pytest.mark.parametrize("form", FORMS)
def test_globox_and_we_read_what_we_write(
    form: str, objects: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, records = tmp_path_factory.mktemp(form), records_of(objects)
    write(form, folder, records)
    _, labels = read_labels(str(folder))
    assert (labels.form, labels.findings) == (form, [])
    assert plain(labels.records) == plain(records)
    if form == "yolo":
        (folder / "classes.txt").unlink()
        boxes = globox.AnnotationSet.from_yolo_darknet(
            folder, image_folder=folder, image_extension=".png"
        )
        theirs = of_globox(boxes, lambda label: CLASSES[int(label)], 0)
    elif form == "voc":
        theirs = of_globox(globox.AnnotationSet.from_pascal_voc(folder), str, 1)
    else:
        theirs = of_globox(globox.AnnotationSet.from_coco(folder / coco.FILE), str, 0)
    assert theirs == plain(records)


@few
@given(objects=RECORDS)
@pytest.mark.parametrize("form", FORMS)
def test_we_read_what_globox_writes(
    form: str, objects: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, records = tmp_path_factory.mktemp(form), records_of(objects)
    width, height = SIZE
    boxes = globox.AnnotationSet(
        globox.Annotation(
            record.path, SIZE,
            [
                globox.BoundingBox(
                    label=one.name,
                    # globox writes VOC's numbers as they are; VOC counts pixels from 1
                    xmin=one.box[0] * width + (form == "voc"),
                    ymin=one.box[1] * height + (form == "voc"),
                    xmax=one.box[2] * width + 1e-9, ymax=one.box[3] * height + 1e-9,
                )
                for one in record.objects
            ],
        )
        for record in records
    )  # fmt: skip
    for record in records:
        Image.new("L", SIZE).save(folder / record.path)
    if form == "yolo":
        (folder / "classes.txt").write_text("\n".join(CLASSES))
        boxes.save_yolo_darknet(
            folder, label_to_id={name: index for index, name in enumerate(CLASSES)}
        )
    elif form == "voc":
        boxes.save_pascal_voc(folder)
    else:
        boxes.save_coco(folder / coco.FILE, auto_ids=True)
    _, labels = read_labels(str(folder))
    assert labels.findings == []
    assert plain(labels.records) == plain(records)


def pictures(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", SIZE).save(folder / name)


def said(labels: Labels) -> list[str]:
    return [f"{finding.severity}: {finding}" for finding in labels.findings]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("x", "is no label; a line is CLASS XCENTRE"),
        ("1 0.5 0.5 0.2", "has 4 numbers, not five"),
        ("1 0.1 0.1 0.2 0.1 0.2 0.2", "is a polygon; export boxes"),
        ("1 nan 0.5 0.2 0.2", "has an edge that is no number"),
        ("1 inf 0.5 0.2 0.2", "has an edge that is no number"),
        ("1 0.5 0.5 0 0.2", "has a box without area"),
        ("1 0.5 0.5 -0.2 0.2", "has a box that is inverted"),
        ("1 0.95 0.5 0.2 0.2", "has a box that leaves the picture"),
        ("1 50 40 20 20", "has numbers above 1, which look like percent"),
        ("1 300 240 20 20", "has numbers above 1, which look like pixels"),
        ("12 0.5 0.5 0.2 0.2", "has the class 12, and there are 3 names of classes"),
        ("-1 0.5 0.5 0.2 0.2", "has the class -1; classes are whole numbers"),
        ("1.5 0.5 0.5 0.2 0.2", "has the class 1.5"),
    ],
)
def test_a_bad_line_of_yolo_is_said_and_the_next_is_read(
    line: str, sentence: str, tmp_path: Path
) -> None:
    pictures(tmp_path, "a.png", "b.png")
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES))
    (tmp_path / "a.txt").write_text(f"0 0.5 0.5 0.2 0.2\n\n{line}\n")
    (tmp_path / "b.txt").write_text("2 0.5 0.5 0.2 0.2\n2 0.5 0.5 0.2 0.2\n")
    _, labels = read_labels(str(tmp_path))
    bad, repeat = said(labels)
    assert bad.startswith(f"error: a.txt:3 {sentence}")
    assert repeat == "warning: b.txt:2 stands there before; it counts once; remove the line"
    assert list(labels.errors()) == ["a.png"]
    assert [one.name for one in labels.records[1].objects] == ["seven"]


VOC = "<annotation><filename>a.png</filename>{size}{object}</annotation>"
VOC_SIZE = "<size><width>120</width><height>80</height></size>"


def voc_object(*edges: object, name: str = "5") -> str:
    tags = ("xmin", "ymin", "xmax", "ymax")
    inner = "".join(f"<{t}>{e}</{t}>" for t, e in zip(tags, edges, strict=False))
    return f"<object><name>{name}</name><bndbox>{inner}</bndbox></object>"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("<annotation>", "error: a.xml is no XML"),
        ("<html/>", "error: a.xml is no label of Pascal VOC, but <html>"),
        (
            '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><annotation>&b;</annotation>',
            "error: a.xml has a DOCTYPE, which is refused",
        ),
        (VOC.format(size="", object=""), "error: a.xml does not say how large"),
        (
            VOC.format(size=VOC_SIZE.replace("120", "9" * 400), object=""),
            "error: a.xml does not say how large",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(10, 10, 5, 20)),
            "error: a.xml object 1 has a box that is inverted",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(10, 10, 122, 20)),
            "error: a.xml object 1 has a box that leaves the picture",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(10, 10, "x", 20)),
            "error: a.xml object 1 has not four numbers",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(0.1, 0.1, 0.5, 0.5)),
            "error: a.xml object 1 has a box in shares of the picture; VOC counts pixels",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(10, 10, 20, 20, name=" ")),
            "error: a.xml object 1 has no name of a class",
        ),
        (
            VOC.format(size=VOC_SIZE, object=voc_object(0, 10, 20, 20)),
            "warning: a.xml object 1 has an edge at 0, and VOC counts from 1",
        ),
    ],
)
def test_what_is_bad_in_voc_is_said(text: str, sentence: str, tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "a.xml").write_text(text)
    labels = voc.read(list_folder(str(tmp_path)))
    assert len(labels.findings) == 1
    assert said(labels)[0].startswith(sentence)
    assert list(labels.errors()) == (["a.png"] if "error" in sentence else [])


def test_pixels_of_voc_count_from_1_and_the_last_is_inside(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    text = VOC.format(size=VOC_SIZE, object=voc_object(1, 1, 120, 40))
    (tmp_path / "a.xml").write_text(text)
    _, labels = read_labels(str(tmp_path))
    assert labels.records[0].objects[0].box == (0, 0, 1, 0.5)


def coco_of(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": 7, "file_name": "a.png", "width": 120, "height": 80}],
        "annotations": [{"image_id": 7, "category_id": 1, "bbox": [12, 8, 24, 40]}],
        "categories": [{"id": 1, "name": "5"}],
    } | changes


def annotation(**changes: Any) -> list[dict[str, Any]]:
    return [coco_of()["annotations"][0] | changes]


@pytest.mark.parametrize(
    ("content", "classes", "sentence"),
    [
        (b"a\n\nb\n\n", ("a", "1", "b"), ""),
        (b"a\nb\na\n", ("a", "b"), "classes.txt names the class a 2 times"),
        (b"a\xff\n", ("a\ufffd",), "classes.txt is not UTF-8"),
    ],
)
def test_names_of_classes_are_counted_as_lines(
    content: bytes, classes: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    write("yolo", tmp_path, records_of([[]]))
    (tmp_path / "classes.txt").write_bytes(content)
    _, labels = read_labels(str(tmp_path))
    assert labels.classes == classes
    assert [str(one).partition(";")[0] for one in labels.findings] == (
        [sentence] if sentence else []
    )


def test_references_of_yaml_cannot_fill_the_memory(tmp_path: Path) -> None:
    write("yolo", tmp_path, records_of([[]]))
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 12)]
    (tmp_path / "data.yaml").write_text(
        "\n".join(["l0: &l0 [x]", *levels, "names: *l11", "train: *l11"])
    )
    _, labels = read_labels(str(tmp_path))
    assert str(labels.findings[0]) == "data.yaml has no names of classes; list them under names"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("/data/local-files/?d=mine/b/1.png", ""),
        (r"C:\mine\b\1.png", ""),
        ("/home/me/1.png", "names /home/me/1.png, which may be a/1.png or b/1.png"),
    ],
)
def test_a_path_of_another_machine_is_the_picture_whose_path_ends_most_like_it(
    name: str, sentence: str, tmp_path: Path
) -> None:
    for path in ("a/1.png", "b/1.png"):
        (tmp_path / path).parent.mkdir()
        Image.new("L", SIZE).save(tmp_path / path)
    image = coco_of()["images"][0] | {"file_name": name}
    (tmp_path / "labels.json").write_text(json.dumps(coco_of(images=[image])))
    _, labels = read_labels(str(tmp_path))
    assert [record.path for record in labels.records] == ([] if sentence else ["b/1.png"])
    assert not sentence or sentence in str(labels.findings[0])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"images": 3}, "$.images is no list"),
        ({"images": [{"id": 7}]}, "$.images[0] has not an id of its own and a file_name"),
        (
            {"images": [*coco_of()["images"], {"id": 8, "file_name": "ghost.png"}]},
            "$.images[1] names ghost.png, which is not there",
        ),
        ({"annotations": annotation(image_id=9)}, "$.annotations[0] is of the image 9, which"),
        ({"annotations": [5]}, "$.annotations[0] is of the image None, which"),
        ({"annotations": annotation(category_id=2)}, "$.annotations[0] has the category 2"),
        ({"annotations": annotation(bbox=[1, 2, 3])}, "$.annotations[0] has not four numbers"),
        ({"annotations": annotation(bbox=[1, 2, 10**400, 5])}, "$.annotations[0] has not four"),
        ({"annotations": annotation(bbox=[12, 8, -4, 9])}, "$.annotations[0] has a box that is"),
        ({"annotations": annotation(bbox=[12, 8, float("nan"), 9])}, "$.annotations[0] has an"),
        ({"annotations": annotation(bbox=[0.1, 0.1, 0.5, 0.5])}, "$.annotations[0] has a box in"),
        (
            {"images": [{"id": 7, "file_name": "a.png"}]},
            "$.annotations[0] is of an image without width and height",
        ),
        ({"categories": [{"id": 1}]}, "$.categories[0] has not an id of its own and a name"),
    ],
)  # fmt: skip
def test_what_is_bad_in_coco_is_said_with_its_place(
    changes: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "labels.json").write_text(json.dumps(coco_of(**changes)))
    _, labels = read_labels(str(tmp_path))
    assert any(one.startswith(f"error: labels.json {sentence}") for one in said(labels)), said(
        labels
    )


def test_crowds_and_gaps_of_ids_in_coco(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    content = coco_of(
        annotations=[*annotation(), *annotation(iscrowd=1, bbox=[0, 0, 120, 80])],
        categories=[{"id": 1, "name": "5"}, {"id": 9, "name": "seven"}],
    )
    (tmp_path / "labels.json").write_text(json.dumps(content))
    _, labels = read_labels(str(tmp_path))
    assert said(labels) == [
        "note: labels.json $.categories has ids with gaps; classes go by their names",
        "note: labels.json $.annotations[1] is a crowd, and no object; label each object by itself",
    ]
    assert labels.classes == ("5", "seven")
    assert labels.records[0].objects == (
        Object("5", (0.1, 0.1, 0.3, 0.6), "labels.json $.annotations[0]"),
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_no_config_takes_is_an_error_of_few_words(form: str, tmp_path: Path) -> None:
    long = "x" * 5000
    pictures(tmp_path, "a.png", "b.png")
    box = (0.25, 0.25, 0.5, 0.5)
    records = [Annotated(f"{one}.png", (Object(name, box, ""),), SIZE)
               for one, name in (("a", "5"), ("b", long))]  # fmt: skip
    if form == "voc":
        voc.write(tmp_path, records)
    else:
        FORMS[form].write(tmp_path, records, ("5", long))
    _, labels = read_labels(str(tmp_path))
    (sentence,) = said(labels)
    assert "has the class xxxxxxxxxxxxxxxxxxxx..., whose name has 5,000 letters; use a" in sentence
    assert len(sentence) < 200
    assert list(labels.errors()) == ["b.png"]
    assert labels.classes == ("5",)


def test_a_name_of_a_picture_that_fills_the_screen_is_cut(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    ghost = {"id": "i" * 5000, "file_name": "x" * 5000}
    content = coco_of(images=[ghost], annotations=annotation(image_id="i" * 5000))
    (tmp_path / "labels.json").write_text(json.dumps(content))
    _, labels = read_labels(str(tmp_path))
    assert len(labels.findings) == 3
    assert all(len(sentence) < 400 for sentence in said(labels))


ULTRALYTICS = """path: ../datasets/mine
train: images/train
val: images/holdout
names: {names}
download: |
  import os
  os.system("touch executed")
"""


@pytest.mark.parametrize("names", ["[three, '5', seven]", "{0: three, 1: '5', 2: seven}"])
def test_the_layout_of_ultralytics(
    names: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("train/a", "holdout/b"):
        pictures(tmp_path, f"images/{name}.png")
        (tmp_path / f"labels/{name}.txt").parent.mkdir(parents=True)
        (tmp_path / f"labels/{name}.txt").write_text("2 0.5 0.5 0.5 0.5")
    (tmp_path / "data.yaml").write_text(ULTRALYTICS.replace("{names}", names))
    _, labels = read_labels(str(tmp_path))
    assert labels.findings == []
    assert labels.classes == CLASSES
    assert [(one.path, one.split, one.objects[0].name) for one in labels.records] == [
        ("images/holdout/b.png", "validation", "seven"),
        ("images/train/a.png", "train", "seven"),
    ]
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    "text", ["names: [", "!!python/object:os.system x", "[]", "names: {1000000000: x}"]
)
def test_a_bad_data_yaml_is_a_warning(text: str, tmp_path: Path) -> None:
    pictures(tmp_path, "a.png")
    (tmp_path / "a.txt").write_text("2 0.5 0.5 0.5 0.5")
    (tmp_path / "data.yaml").write_text(text)
    _, labels = read_labels(str(tmp_path))
    assert {finding.severity for finding in labels.findings} == {"warning"}
    assert labels.classes == ("2",)


def test_voc_devkit_with_its_lists(tmp_path: Path) -> None:
    pictures(tmp_path, "JPEGImages/a.jpg", "JPEGImages/b.jpg", "JPEGImages/c.jpg")
    (tmp_path / "Annotations").mkdir()
    for name in "abc":
        text = VOC.format(size=VOC_SIZE, object=voc_object(1, 1, 9, 9)).replace(
            "a.png", f"{name}.jpg"
        )
        (tmp_path / f"Annotations/{name}.xml").write_text(text)
    lists = tmp_path / "ImageSets/Main"
    lists.mkdir(parents=True)
    (lists / "train.txt").write_text("a\nc  1\n")
    (lists / "val.txt").write_text("b\nc\n")
    _, labels = read_labels(str(tmp_path))
    assert {one.path[-5]: one.split for one in labels.records} == {
        "a": "train", "b": "validation", "c": "train"
    }  # fmt: skip
    assert said(labels) == [
        "error: JPEGImages/c.jpg is in the lists of train and validation; leave it in one"
    ]


def test_labels_and_pictures_without_each_other(tmp_path: Path) -> None:
    pictures(tmp_path, "a.png", "b.png")
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "ghost.txt").write_text("1 0.5 0.5 0.2 0.2")
    (tmp_path / "notes.txt").write_text("What I saw")
    _, labels = read_labels(str(tmp_path))
    assert [one.path for one in labels.records] == ["a.png"]
    assert [one.split("; ")[0] for one in said(labels)] == [
        "error: ghost.txt has no picture", "error: b.png has no label"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "has no picture; they end in .png"),
        ({"a.png": None}, "has pictures and no labels; known are COCO's JSON"),
        (
            {"a.png": None, "a.txt": "", "a.xml": "<annotation/>"},
            r"in two formats: Pascal VOC's XML \(a.xml\) and YOLO's text \(a.txt\); keep one",
        ),
    ],
)
def test_a_folder_that_is_none_of_ours_is_a_sentence(
    files: dict[str, str | None], sentence: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        pictures(tmp_path, name) if text is None else (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=sentence):
        read_labels(str(tmp_path))


def test_no_folder_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no folder .*nowhere; name one with pictures"):
        read_labels(f"{tmp_path}/nowhere")


@settings(max_examples=60)
@given(text=st.text() | st.from_regex(r"[-\d. einf]{0,30}", fullmatch=True))
@pytest.mark.parametrize("name", ["a.txt", "a.xml", "a.json", "data.yaml"])
def test_any_text_is_read_or_found_bad(
    name: str, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    pictures(folder, "a.png")
    (folder / name).write_bytes(text.encode(errors="surrogatepass"))
    listed = list_folder(str(folder))
    for module in FORMS.values():
        labels = module.read(listed)
        assert labels.records or labels.findings
