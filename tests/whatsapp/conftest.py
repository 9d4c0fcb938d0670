"""What these tests share; tests elsewhere that need it import it into their own conftest in the same way."""

from tests.whatsapp.fixtures import live, memory_folder, paired_once, place, shop, whatsapp

__all__ = ["live", "memory_folder", "paired_once", "place", "shop", "whatsapp"]
