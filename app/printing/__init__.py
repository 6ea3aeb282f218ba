"""Slips, labels and sheets as bytes for paper: reportlab, python-barcode, python-escpos. No Qt, no store."""
