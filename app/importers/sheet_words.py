"""The words with which lists name their columns, in Indonesian and English: campus libraries' and student records'.

They are folded: small letters, no marks, "s/d" is "s d". Knows words, not sheets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from app.domain.text import fold

ITEMS = "items"
MEMBERS = "members"

_TITLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "key": "id|biblio id|id buku|id judul|id katalog|record id|bib id|book id|kode judul",
        "title": "judul|judul buku|judul utama|judul koleksi|judul lengkap|title|book title|nama buku|judul pustaka"
        "|nama judul|judul bahan pustaka|judul dokumen|judul skripsi|judul karya|judul kitab|nama kitab|kitab|jdl"
        "|jdl buku|judul terbitan|judul buku kitab",
        "subtitle": "anak judul|sub judul|subjudul|subtitle|judul tambahan",
        "other_title": "judul asli|judul lain|judul seri lain|original title|other title|judul paralel",
        "author": "pengarang|penulis|author|authors|nama pengarang|pengarang utama|tajuk pengarang|nama penulis"
        "|tajuk pengarang badan kooperasi|tajuk pengarang badan korporasi|pengarang tambahan nama orang"
        "|pengarang tambahan nama badan|pengarang tambahan|pengarang 1|pengarang 2|pengarang 3|writer|creator"
        "|pengarang penulis|penulis pengarang|pengarang buku|penulis buku|penulis utama|penyusun|pengarang 4|penulis 1"
        "|penulis 2|penulis 3|muallif|mualif|nama penulis pengarang|pengarang editor|penulis editor"
        "|pengarang tambahan 1|pengarang tambahan 2",
        "responsibility": "pernyataan tanggungjawab|pernyataan tanggung jawab|sor|statement of responsibility",
        "edition": "edisi|cetakan|edition|edisi cetakan|cet|jilid edisi|ed|edisi ke|cetakan ke|cet ke|ed cet|edisi cet",
        "isbn": "isbn|isbn issn|no isbn|nomor isbn|isbn10|isbn13|isbn 10|isbn 13|issn isbn|kode isbn|isbn buku"
        "|nomor isbn issn|no isbn issn",
        "issn": "issn|ismn",
        "publisher": "penerbit|publisher|nama penerbit|penerbit buku|nama penerbit buku|publiser",
        "place": "kota terbit|tempat terbit|kota|tempat terbit kota|place|publish place|kota penerbit"
        "|place of publication|tempat|kota terbitan|tmp terbit|tpt terbit|tempat penerbitan|kota tempat terbit",
        "year": "tahun terbit|tahun|thn terbit|thn|year|publish year|publication year|original publication year"
        "|th terbit|tahun terbitan|tahun penerbitan|thn penerbitan|th|tahun cetak|thn cetak|tahun buku"
        "|tahun terbit buku|published year",
        "pages": "jumlah halaman|halaman|jml hal|jml halaman|hal|pages|kolasi|deskripsi fisik|collation|jumlah hal"
        "|jumlah hlm|jml hlm|hlm|tebal|tebal buku|jumlah lembar|tebal halaman",
        "size": "dimensi|ukuran|tinggi buku|size|dimensions",
        "series": "judul seri|seri|series|series title",
        "call_number": "nomor panggil katalog|no panggil|nomor panggil|call number|no panggil buku|callnumber|call no"
        "|nomor panggil buku|kode panggil|nomer panggil|no pgl|nmr panggil|nomor sandi|no panggil koleksi",
        "classification": "no ddc|ddc|klasifikasi|no klas|nomor klasifikasi|classification|kelas buku|no klasifikasi"
        "|no kelas|nomor klas|kelas|kelas ddc|kode klas|kode ddc|nomor ddc|klas|kode klasifikasi|nomor kelas|notasi"
        "|class|no class|klasifikasi ddc|kode kelas",
        "language": "bahasa|language|language code|kode bahasa|bhs",
        "material": "media|gmd|jenis media|bentuk fisik|format|material|gmd name|bahan pustaka|jenis bahan pustaka"
        "|bentuk|bentuk bahan",
        "material_kind": "jenis bahan|jenis pustaka|bahan",
        "subject": "subjek topik|subjek|subyek|subject|subjects|topik|kata kunci|keywords|tajuk subjek|topics|tema"
        "|bidang|bidang ilmu|subyek topik|subjek utama|kata kunci subjek",
        "notes": "abstrak|catatan|keterangan|notes|abstract|sinopsis|deskripsi|description|ket|catatan buku|note"
        "|remarks",
        "barcode": "no barcode|barcode|kode barcode|kode eksemplar|item code|kode item|nomor barcode|kode buku"
        "|item barcode|copy code|no eksemplar|nomor eksemplar|barkode|accession barcode|kode koleksi|no barkode"
        "|kode barkode|nomor barkode|barcode buku|kode barcode buku|barcode eksemplar|id eksemplar|id item|no item"
        "|nomor item|kode copy|barcode no|barcode number",
        "inventory_no": "no induk|nomor induk|no inventaris|nomor inventaris|kode inventaris|inventory code"
        "|no induk buku|accession number|nomor induk buku|accession no|no reg|no registrasi|no inventaris buku|no inv"
        "|nomor inv|kode inv|inventaris|no induk inventaris|no induk perpustakaan|nomor registrasi"
        "|nomor registrasi buku|no registrasi buku|no reg buku|nomor induk koleksi|no induk koleksi|nib|kode induk"
        "|no induk bahan pustaka",
        "copies": "jumlah eks|jml eks|jumlah eksemplar|jml eksemplar|eksemplar|eks|jumlah|jml|jumlah buku|jml buku"
        "|banyaknya|banyak eksemplar|qty|quantity|copies|jumlah exemplar|jml exemplar|exemplar|jumlah copy|jml copy"
        "|jumlah kopi|jumlah exp|jml exp|jumlah koleksi|jml koleksi|stok|jumlah stok|no of copies|number of copies"
        "|jumlah item|jml eks buku|jumlah judul eks|total eksemplar|jumlah eks buku",
        "item_call_number": "nomor panggil eksemplar|no panggil eksemplar|item call number",
        "collection": "kategori|tipe koleksi|jenis koleksi|koleksi|collection|collection type|coll type name"
        "|kategori buku|jenis|jenis buku|tipe buku|golongan buku|kelompok buku|jenis koleksi buku|type koleksi",
        "location": "kode lokasi perpustakaan|lokasi|lokasi perpustakaan|location|location name|perpustakaan|cabang"
        "|branch|lokasi buku|lokasi koleksi|nama perpustakaan|kampus|gedung",
        "shelf": "kode lokasi ruang|rak|lokasi rak|no rak|lemari|ruang|shelf|nomor rak|site|no lemari|nomor lemari"
        "|nama rak|kode rak|rak buku|letak|letak buku|posisi rak|tempat simpan|no rak buku|nomor rak buku",
        "access": "akses|hak akses|access|aturan pinjam",
        "status": "ketersediaan|status|status eksemplar|status buku|kondisi|item status|item status name|availability"
        "|kondisi buku|keadaan|keadaan buku|status ketersediaan|status item|status koleksi",
        "price": "harga|harga buku|price|harga satuan|harga beli|nilai|harga rp|harga rupiah|harga eksemplar"
        "|harga buku rp|harga satuan rp|hrg|harga per eks|harga per eksemplar",
        "currency": "mata uang|currency|price currency",
        "received": "tgl pengadaan|tanggal pengadaan|tgl terima|tanggal terima|received date|tanggal perolehan"
        "|tgl masuk|tanggal masuk|tgl perolehan|date received|tanggal penerimaan|tgl beli|tanggal beli|tgl pembelian"
        "|tanggal pembelian|tgl inventaris|tanggal inventaris|tgl datang|tanggal datang|tgl penerimaan",
        "source": "jenis sumber|sumber|asal|sumber perolehan|perolehan|asal buku|source|cara perolehan|sumber dana"
        "|asal perolehan|sumber buku|asal usul|cara pengadaan|beli hadiah|hadiah beli|asal dana",
        "supplier": "nama sumber|supplier|rekanan|nama rekanan|toko|supplier name|vendor|nama toko|penyalur"
        "|distributor",
        "volume": "edisi serial|volume|vol|jilid|nomor edisi|volume jilid|jilid ke|nomor jilid|no jilid|juz",
        "parts": "bahan sertaan serial|bahan sertaan|lampiran|kelengkapan|parts|accompanying material",
    }
)
_MEMBER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "member_no": "no anggota|nomor anggota|id anggota|member id|kode anggota|nim|nis|nisn|npm|nrp|nip|member no"
        "|member number|no induk siswa|no induk mahasiswa|nomor induk mahasiswa|nomor induk siswa|card number|no kartu"
        "|no induk|nomor induk|no anggota perpustakaan|nomor anggota perpustakaan|nidn|nip nidn|no mahasiswa"
        "|nomor mahasiswa|no mhs|stambuk|no stambuk|nomor stambuk|nomor pokok mahasiswa|no pokok mahasiswa"
        "|nim mahasiswa|nim npm|nim nip|npm nim|nis nisn|no kartu anggota|nomor kartu anggota|student id"
        "|student number|npp|nik pegawai|no induk pegawai|nomor induk pegawai|no induk santri|nomor induk santri"
        "|nis santri|id mahasiswa",
        "name": "nama|nama anggota|nama lengkap|name|member name|nama siswa|nama mahasiswa|full name|nama peserta"
        "|nama mhs|nm mhs|nm mahasiswa|nama lengkap mahasiswa|nama dosen|nama pegawai|nama karyawan|nama guru"
        "|nama santri|nama pelajar|nama lengkap siswa|nama peminjam|nama pengguna|nama lengkap gelar|nama dan gelar"
        "|nama gelar|student name|nama lengkap anggota",
        "member_type": "jenis anggota|tipe anggota|tipe keanggotaan|member type|member type name|kategori anggota"
        "|status keanggotaan|jenis keanggotaan|jenis|tipe|kategori|type|golongan|golongan anggota|kelompok anggota"
        "|status civitas|status sivitas|kategori keanggotaan|member category|peran|role|type anggota|civitas|sivitas",
        "institution": "nama institusi|institusi|fakultas|jurusan|program studi|prodi|unit kerja|kelas siswa|kelas"
        "|institution|inst name|department|faculty|instansi|sekolah|angkatan|tahun angkatan|thn angkatan|th angkatan"
        "|tahun masuk|thn masuk|th masuk|nama prodi|nama program studi|program studi jurusan|prodi jurusan"
        "|jurusan prodi|jurusan program studi|fakultas jurusan|fakultas prodi|unit|bagian|asal sekolah|asal instansi"
        "|instansi asal|kelas angkatan|rombel|jur|fak|departemen|nama fakultas|nama jurusan|study program|major"
        "|lembaga|kampus asal|program",
        "gender": "jenis kelamin|l p|lp|kelamin|gender|sex|jk|jk l p|jenis kelamin l p|l p jk|gender l p|kelamin l p"
        "|jns kelamin|jns klm|seks|p l",
        "born": "tanggal lahir|tgl lahir|birth date|date of birth|birthday|tgl lhr|tanggal kelahiran|tgl kelahiran"
        "|lahir|tgllahir|tanggallahir",
        "address": "alamat tempat tinggal sekarang|alamat|address|member address|alamat rumah|alamat sekarang"
        "|alamat lengkap|alamat domisili|domisili|alamat tinggal|tempat tinggal|alamat mahasiswa",
        "home_address": "alamat sesuai ktp|alamat ktp|alamat asal|alamat asli",
        "email": "alamat email|email|e mail|member email|surel|alamat e mail|email mahasiswa|email kampus|email aktif"
        "|e mail aktif|email pribadi|alamat surel|mail",
        "phone": "no hp|hp|no telp|telepon|no telepon|phone|member phone|nomor hp|no wa|whatsapp|telp|handphone"
        "|no hp wa|no telp wa|no wa hp|telp wa|hp wa|wa hp|wa|no handphone|nomor handphone|nomor telepon|nomor telp"
        "|nomor wa|nomor whatsapp|no whatsapp|no tlp|tlp|tlpn|no tlpn|no telpon|nomor telpon|telpon|no telp hp"
        "|no hp telp|telp hp|telepon hp|no telepon hp|kontak|no kontak|nomor kontak|mobile|mobile phone|phone number"
        "|ponsel|no ponsel|nomor ponsel|contact|nomor hp wa|no hp aktif|no telepon wa|hp telp|no hp whatsapp",
        "home_phone": "no telp rumah|telp rumah|telepon rumah",
        "registered": "tanggal pendaftaran|tgl daftar|tanggal daftar|register date|member since date|member since"
        "|tgl pendaftaran|tgl registrasi|tgl gabung|tanggal gabung|tgl bergabung|tanggal bergabung|tanggal registrasi"
        "|terdaftar|anggota sejak|join date|registered|tgl buat kartu|tanggal buat kartu|berlaku dari|berlaku mulai"
        "|mulai berlaku|tgl mulai berlaku|tanggal mulai berlaku|tgl masuk|tanggal masuk",
        "expires": "tanggal akhir berlaku|berlaku sampai|masa berlaku|expire date|tgl akhir berlaku|berlaku hingga"
        "|tanggal kedaluwarsa|expiry date|expires|tgl berakhir|berlaku s d|berlaku sd|berlaku s d tgl"
        "|berlaku s d tanggal|berlaku sampai dengan|berlaku sampai tgl|berlaku sampai tanggal|berlaku hingga tanggal"
        "|kartu berlaku s d|masa berlaku s d|masa berlaku sampai|masa berlaku hingga|masa berlaku kartu"
        "|masa berlaku anggota|masa aktif|masa aktif s d|masa aktif sampai|aktif sampai|aktif s d|aktif hingga"
        "|kadaluarsa|kadaluwarsa|kedaluarsa|kedaluwarsa|tgl kadaluarsa|tgl kadaluwarsa|tgl kedaluarsa|tgl kedaluwarsa"
        "|tanggal kadaluarsa|tanggal kadaluwarsa|tanggal kedaluarsa|tgl expired|tanggal expired|tgl expire|expired"
        "|expired date|expiry|exp date|exp|tgl exp|berakhir|tanggal berakhir|tgl habis berlaku|tanggal habis berlaku"
        "|habis masa berlaku|akhir berlaku|akhir masa berlaku|tgl akhir masa berlaku|valid until|valid thru|valid to"
        "|s d|sampai dengan|batas berlaku|masa keanggotaan|tgl akhir|tanggal akhir",
        "member_status": "status anggota|status|member status|keterangan status|status keaktifan|keaktifan"
        "|status aktif|status mahasiswa|aktif|status kartu|status mhs|status akun",
        "notes": "catatan|keterangan|notes|member notes|ket|note|remarks",
        "photo": "photo url|foto|photo|member image|file foto|pas foto|pasfoto|nama file foto",
        "card": "no rfid|rfid|uid kartu|no kartu rfid|nomor kartu|uid|no uid|id kartu|nomor rfid|kode rfid"
        "|barcode kartu|no barcode|barcode|kode barcode|nomor barcode|barcode anggota",
    }
)
_MEANINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        kind: MappingProxyType({name: meaning for meaning, names in words.items() for name in names.split("|")})
        for kind, words in ((ITEMS, _TITLE_WORDS), (MEMBERS, _MEMBER_WORDS))
    }
)


def meanings(kind: str) -> tuple[str, ...]:
    """All meanings that a column of this kind of sheet may be given."""
    return tuple(_TITLE_WORDS if kind == ITEMS else _MEMBER_WORDS)


def names_of(kind: str) -> tuple[str, ...]:
    """All names of columns that this kind of sheet is known by, folded."""
    return tuple(_MEANINGS[kind])


def meaning_of(header: str, kind: str) -> str:
    """The meaning of a header, or "". Two names of one thing ("NIS/NIM", "Penulis (Pengarang)") mean that thing; two
    names of which one is not known, or means another thing, mean nothing."""
    known, text = _MEANINGS[kind], header[:120]
    found = known.get(fold(text), "")
    if found:
        return found
    sides = {known.get(fold(side), "") for side in _SIDES.split(text) if fold(side)}
    return sides.pop() if len(sides) == 1 else ""


_SIDES = re.compile(r"[/|()\[\]\n]|\b(?:atau|or|dan/atau)\b", re.IGNORECASE)
"""What stands between two names in one header."""
