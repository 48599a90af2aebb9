"""The pieces that pages are made of, one noun a file: most return HTML, some draw.

What is written into HTML here is escaped here; whoever calls a piece gives it plain text.
"""
