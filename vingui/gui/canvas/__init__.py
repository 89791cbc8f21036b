"""The map view and the value view, and the items that are drawn over them."""
