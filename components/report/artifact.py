"""The type of the artefact that Report makes."""

from tfx.types.artifact import Artifact


class RunReport(Artifact):
    """A folder of pictures and pages made for people."""

    TYPE_NAME = "components.RunReport"  # Kubeflow imports the class by this path, of one dot
