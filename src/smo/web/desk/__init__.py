"""The annotator's place: one item, its questions, its guideline."""
