"""Opens what `digits doctor` is given: a folder of pictures with labels, or of TFRecords."""

from components.digit_example_gen.doctor.dataset import Dataset, FolderDataset
from components.digit_example_gen.doctor.records import RecordsDataset, find_records
from vocabulary.labels.files import list_folder
from vocabulary.labels.recognise import read_labels


def open_dataset(path: str) -> Dataset:
    """The pictures and labels at a path.

    Raises:
        UserError: if it is no folder, or holds neither.
    """
    folder = list_folder(path)
    if find_records(folder) and not folder.pictures():
        return RecordsDataset(folder)
    return FolderDataset(*read_labels(path))
