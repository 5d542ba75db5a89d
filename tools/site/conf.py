"""How Sphinx builds the site of docs/: offline, and nothing is fetched by a reader's browser."""

from breakeven import __version__

project = "breakeven"
version = release = __version__
extensions = ["myst_parser"]
root_doc = "index"
language = "en"
smartquotes = False  # two hyphens of a flag are no dash
exclude_patterns = ["conf.py"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = f"breakeven {version}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_use_index = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # it fetches pages, which a browser refuses from a folder
