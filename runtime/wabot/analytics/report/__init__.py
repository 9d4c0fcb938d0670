"""The report of a period as one page of HTML that can be mailed, printed, and read on a phone."""
