"""Where data comes from: files in the inbox and tables behind a database URL, read into our columns."""

from flows.sources.database import read_table
from flows.sources.delivery import Delivery, read
from flows.sources.inbox import DeliveredFile, IgnoredFile, Inbox, discover
from flows.sources.vendor_maps import VendorMap, load_vendor_maps

__all__ = [
    "DeliveredFile",
    "Delivery",
    "IgnoredFile",
    "Inbox",
    "VendorMap",
    "discover",
    "load_vendor_maps",
    "read",
    "read_table",
]
