"""Mending what a finding complains of, as small edits of the text: comments and layout stay as people wrote them."""
