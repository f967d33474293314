"""The tasks, one folder each: what is asked of a picture. No task knows another.

A task may also lie in a folder `tasks` elsewhere on the Python path.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
