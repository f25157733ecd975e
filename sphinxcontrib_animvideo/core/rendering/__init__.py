"""From jobs to assets: worker processes run what is not cached. Start with :mod:`.render`."""
