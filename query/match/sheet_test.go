package match

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"anvesh/query/phrase"
)

// writeBook makes a workbook.
func writeBook(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	name := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// readBook reads a workbook as readList does a text.
func readBook(t testing.TB, j *Job) (rows []string, notes []string, err error) {
	t.Helper()
	s, err := j.openList()
	if err != nil {
		return nil, nil, err
	}
	defer func() {
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
	}()
	for {
		r, err := s.list.Next()
		if errors.Is(err, io.EOF) {
			for _, note := range s.list.Notes {
				notes = append(notes, note.Text)
			}
			return rows, notes, nil
		}
		if err != nil {
			return rows, nil, err
		}
		shown := fmt.Sprintf("%d %s", r.Line, r.Object)
		if r.Fault != nil {
			shown = fmt.Sprintf("%d! %s", r.Line, r.Fault.Field)
		}
		if r.Fault == nil && len(r.Remarks) > 0 {
			shown += " (" + strings.Join(fieldsIn(r.Remarks), ",") + ")"
		}
		rows = append(rows, shown)
	}
}

func setRow(f *excelize.File, sheet, cell string, row ...any) {
	if err := f.SetSheetRow(sheet, cell, &row); err != nil {
		panic(err)
	}
}

func TestWorkbook(t *testing.T) {
	name := writeBook(t, func(f *excelize.File) {
		setRow(f, "Sheet1", "A1", "Vehicles seen on 3 March")
		setRow(f, "Sheet1", "A3", "Sr No", "वाहन संख्या", "Chassis No", "Engine No", "Make")
		setRow(f, "Sheet1", "A4", 1, "HR10AA0001", "MB1XYZ0000", 12345678, "Hero")
		setRow(f, "Sheet1", "A6", 2, "", "", 1.87e26)                                            // beyond fifteen digits
		setRow(f, "Sheet1", "A7", 3, time.Date(2026, 3, 26, 0, 0, 0, 0, time.UTC), "MB1XYZ1111") // MAR26
		if err := f.SetCellFormula("Sheet1", "B8", `"HR10AA"&"0002"`); err != nil {
			panic(err)
		}
		f.SetCellStr("Sheet1", "C8", "MB1XYZ2222")
		form := "00000000"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &form})
		if err != nil {
			panic(err)
		}
		setRow(f, "Sheet1", "A9", 5, "", "", 1234)
		f.SetCellStyle("Sheet1", "D9", "D9", style)
		f.NewSheet("People")
		setRow(f, "People", "A1", "नाम", "DOB", "Age")
		setRow(f, "People", "A2", "सीता", time.Date(1989, 5, 12, 0, 0, 0, 0, time.UTC), 37)
		setRow(f, "People", "A3", "Om", "", 34.0)
	})
	f := func(j Job, want ...string) []string {
		t.Helper()
		j.List = name
		rows, notes, err := readBook(t, &j)
		if err != nil || strings.Join(rows, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%v\n got %s\nwant %s", err, strings.Join(rows, "\n     "), strings.Join(want, "\n     "))
		}
		return notes
	}
	notes := f(Job{Kind: Vehicles},
		`4 {"registration":"HR10AA0001","chassis":"MB1XYZ0000","engine":"12345678","make":"Hero","ref":"1"}`,
		"6! engine",
		`7 {"chassis":"MB1XYZ1111","ref":"3"} (registration)`,
		`8 {"chassis":"MB1XYZ2222"}`,
		`9 {"engine":"00001234","ref":"5"}`)
	if said := strings.Join(notes, "\n"); !strings.Contains(said, `read is the sheet "Sheet1"; the workbook has 1 more: --sheet`) || !strings.Contains(said, "headings stand in line 3") {
		t.Fatal(said)
	}
	f(Job{Kind: Persons, Sheet: "people"}, `2 {"name":"सीता","birth_year":1989} (age)`, `3 {"name":"Om","age":34}`)
	f(Job{Kind: Persons, Sheet: "2"}, `2 {"name":"सीता","birth_year":1989} (age)`, `3 {"name":"Om","age":34}`)
	_, _, err := readBook(t, &Job{Kind: Persons, List: name, Sheet: "Nobody"})
	var usage UsageError
	if !errors.As(err, &usage) || !strings.Contains(err.Error(), `no sheet of that name; it has "Sheet1", "People"`) {
		t.Fatal(err)
	}
}

// TestFormulaByItsValue: what a formula came to when the workbook was saved by a program that computes.
func TestFormulaByItsValue(t *testing.T) {
	name := rewriteBook(t, writeBook(t, func(f *excelize.File) { setRow(f, "Sheet1", "A1", "Vehicle No"); setRow(f, "Sheet1", "A2", 7) }),
		"<v>7</v>", `<f>B2&amp;"0003"</f><v>HR10AA0003</v>`, `r="A2"`, `r="A2" t="str"`)
	rows, _, err := readBook(t, &Job{Kind: Vehicles, List: name})
	if err != nil || strings.Join(rows, "") != `2 {"registration":"HR10AA0003"}` {
		t.Fatal(rows, err)
	}
}

// rewriteBook replaces text in the first sheet of a workbook, as programs write it that compute.
func rewriteBook(t testing.TB, name string, oldnew ...string) string {
	t.Helper()
	in := must(zip.OpenReader(name))
	defer in.Close()
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		text := must(io.ReadAll(must(f.Open())))
		if f.Name == "xl/worksheets/sheet1.xml" {
			text = []byte(strings.NewReplacer(oldnew...).Replace(string(text)))
		}
		must(must(out.Create(f.Name)).Write(text))
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return writeList(t, "computed.xlsx", b.String())
}

// TestWorkbookIsUnpackedAside: a large sheet is unpacked into a directory of ours, which is gone afterwards.
func TestWorkbookIsUnpackedAside(t *testing.T) {
	aside := t.TempDir()
	t.Setenv("TMPDIR", aside)
	const n = 60_000
	name := writeBook(t, func(f *excelize.File) {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			panic(err)
		}
		w.SetRow("A1", []any{"Vehicle No", "Remarks"})
		for i := range n {
			w.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("HR10AA%04d", i%10000), strings.Repeat("x", 100)})
		}
		if err := w.Flush(); err != nil {
			panic(err)
		}
	})
	for _, e := range must(os.ReadDir(aside)) { // of the writer, and the directories of tests
		os.Remove(filepath.Join(aside, e.Name()))
	}
	s, err := (&Job{Kind: Vehicles, List: name}).openList()
	if err != nil {
		t.Fatal(err)
	}
	private := func() (dirs []string) {
		for _, e := range must(os.ReadDir(aside)) {
			if strings.HasPrefix(e.Name(), "anvesh-list-") || strings.HasPrefix(e.Name(), "excelize-") {
				dirs = append(dirs, e.Name())
			}
		}
		return dirs
	}
	if dirs := private(); len(dirs) != 1 || len(must(os.ReadDir(filepath.Join(aside, dirs[0])))) == 0 {
		t.Fatalf("unpacked to %q", dirs)
	}
	rows := 0
	for {
		if _, err := s.list.Next(); err != nil {
			break
		}
		rows++
	}
	if err := s.close(); err != nil || rows != n || len(private()) != 0 {
		t.Fatalf("%v, %d rows, left %q", err, rows, private())
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestFormByFirstBytes: a workbook is one under any name, and what is no list is said with its name.
func TestFormByFirstBytes(t *testing.T) {
	book := writeBook(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"Name"})
		f.SetSheetRow("Sheet1", "A2", &[]any{"Sita"})
	})
	other := strings.TrimSuffix(book, ".xlsx") + ".csv"
	if err := os.Rename(book, other); err != nil {
		t.Fatal(err)
	}
	rows, _, err := readBook(t, &Job{Kind: Persons, List: other})
	if want := []string{`2 {"name":"Sita"}`}; err != nil || !slices.Equal(rows, want) {
		t.Errorf("%q, %v", rows, err)
	}
	f := func(list, want string) {
		t.Helper()
		if _, _, err := readBook(t, &Job{Kind: Persons, List: list, Format: "csv"}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	dir := t.TempDir()
	f(dir, dir+" is a directory")
	picture := writeList(t, "list.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
	noText, _ := phrase.ListNoText.With()
	f(picture, picture+": "+noText)
}

// TestBookIsBounded: a workbook is refused by what it says it unpacks to, before anything is unpacked.
func TestBookIsBounded(t *testing.T) {
	f := func(parts map[string]uint64, refused bool) {
		t.Helper()
		file, err := os.Create(filepath.Join(t.TempDir(), "book.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		w := zip.NewWriter(file)
		for name, size := range parts {
			if _, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := checkBook(file); (err != nil) != refused {
			t.Errorf("%v: %v", parts, err)
		}
	}
	type m = map[string]uint64
	f(m{"xl/worksheets/sheet1.xml": bookUnpacked}, false)
	f(m{"xl/worksheets/sheet1.xml": bookUnpacked, "xl/x": 1}, true)
	f(m{"xl/media/a": bookMemory}, false)
	f(m{"xl/media/a": bookMemory + 1}, true)
	f(m{"xl/media/a": bookMemory, "xl/worksheets/sheet1.xml": sheetMemory}, true)
	f(m{"xl/media/a": bookMemory, "xl/sharedStrings.xml": sheetMemory + 1}, false)
	f(m{"word/document.xml": 1}, true)
}
