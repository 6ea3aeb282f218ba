"""The file that a new desk begins with: its facts and their signature, its sealed frames, and what stands in them.

Never a desk's tables: records by their kinds and fields as they travel, runs as their desks signed them. A frame is
packed and sealed by itself under the file's own key, numbered by its place, so that the file can come in ranges and lie
on a disk without saying anything.
"""
