"""HTML: the player, players with embedded files, and the report of changed videos."""
