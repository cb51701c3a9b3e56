"""Records that probably are the same twice: found, shown beside each other, made one, and parted again."""
