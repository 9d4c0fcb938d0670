"""The report of a period as one page of HTML that can be mailed, printed, and read on a phone."""

from wabot.analytics.report.page import report_html
from wabot.analytics.report.reading import read_report

__all__ = ["read_report", "report_html"]
