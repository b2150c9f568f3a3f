"""Files that a person sent for a form and has not signed yet: kept with her draft, so that looking loses nothing."""
