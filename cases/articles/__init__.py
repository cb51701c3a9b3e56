"""Articles read into proposals for cases: by rules, dictionary and gazetteer, each proposal with its passage."""
