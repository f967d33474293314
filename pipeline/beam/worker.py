"""What every worker process of Beam imports first (Beam's option `beam_plugins`).

It imports nothing of the pipeline, costs a tenth of a second, and is imported nowhere else.
"""

# TFDV 1.16.1, which the lock has, asks tfx-bsl for a module that is gone; tfx puts one in its
# place. Without it a worker cannot load a single step of StatisticsGen.
import tfx  # noqa: F401

from vocabulary.parent import end_with_parent

end_with_parent()
