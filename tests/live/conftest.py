"""What these tests share with those of the server."""

from tests.whatsapp.fixtures import live, memory_folder, paired_once, pairs, place, shop, whatsapp
from tests.whatsapp.wire.library import WHY_NOT

collect_ignore_glob = ["test_*.py"] if WHY_NOT else []
__all__ = ["live", "memory_folder", "paired_once", "pairs", "place", "shop", "whatsapp"]
