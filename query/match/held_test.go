package match

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"anvesh/query"
)

// columnsOf shows what the columns of a held list are taken for.
func columnsOf(h *Held) (shown []string) {
	for _, c := range h.Columns {
		field := c.Field
		if c.Asked {
			field = "?" + c.Looks
		}
		shown = append(shown, c.Heading+"="+field)
	}
	return shown
}

// TestHold: a list is held with what each column is taken for and its first cells; what has to be told is asked, with the rows at hand
// all the same; and what is told counts.
func TestHold(t *testing.T) {
	f := func(file string, o ListOptions, rows int, asked bool, columns ...string) *Held {
		t.Helper()
		h, err := Hold([]byte(file), "", 10, o)
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		if got := columnsOf(h); len(h.Rows) != rows || (h.Asked != nil) != asked || !slices.Equal(got, columns) {
			t.Errorf("%q: %d rows, asked %v, columns %q", file, len(h.Rows), h.Asked, got)
		}
		if asked && h.Asked.Hindi == "" {
			t.Errorf("%q: asked in one language: %+v", file, h.Asked)
		}
		return h
	}
	persons := ListOptions{Kind: Persons}
	h := f("Name,Father Name,Age,FIR No\nRam,Om,34,1\nShyam,Om,35,2\n", persons, 2, false, "Name=name", "Father Name=relative", "Age=age", "FIR No=")
	if want := [][]string{{"Ram", "Shyam"}, {"Om"}, {"34", "35"}, {"1", "2"}}; fmt.Sprint(h.Cells) != fmt.Sprint(want) {
		t.Errorf("cells %q", h.Cells)
	}
	f("Name,Zorg Name\nRam,Om\n", persons, 1, true, "Name=name", "Zorg Name=?name")
	f("Name,Zorg Name\nRam,Om\n", ListOptions{Kind: Persons, Map: []string{"Zorg Name=alias"}}, 1, false, "Name=name", "Zorg Name=alias")
	f("Foo,Bar\nx,y\n", persons, 0, true, "Foo=?", "Bar=?")
	f("Foo,Bar\nx,y\n", ListOptions{Kind: Persons, Map: []string{"Foo=name"}}, 1, false, "Foo=name", "Bar=")
	f("Vehicle No,Regn No\nHR26DK8337,HR26DK8338\n", ListOptions{Kind: Vehicles}, 1, true, "Vehicle No=registration", "Regn No=?")
	f("{\"name\":\"x\"}\n{\"name\":\"y\"}\n", persons, 2, false)
	_, err := Hold([]byte("Name\n"+strings.Repeat("Ram\n", 11)), "", 10, persons)
	if !errors.Is(err, ErrManyRows) {
		t.Errorf("too many rows: %v", err)
	}
	for _, file := range []string{"", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "PK\x03\x04broken", "\xd0\xcf\x11\xe0old", "12,34\n5,6\n"} {
		var fault *ListError
		if _, err := Hold([]byte(file), "", 10, persons); !errors.As(err, &fault) || fault.Message == "" || fault.Hindi == "" {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// TestHoldNamedBook: what has a workbook's name and is none is refused, and is no list of one column.
func TestHoldNamedBook(t *testing.T) {
	for name, book := range map[string]bool{"a.xlsx": true, "A.XLSM": true, "a.csv": false, "xlsx": false} {
		if NamedBook(name) != book {
			t.Errorf("%s is a workbook: %v", name, !book)
		}
	}
	for _, file := range []string{"PKgarbage", "Name\nRam\n", "{\"name\":\"x\"}"} {
		var fault *ListError
		if h, err := Hold([]byte(file), "", 10, ListOptions{Kind: Persons, Format: "xlsx"}); !errors.As(err, &fault) {
			t.Errorf("%q: %+v %v", file, h, err)
		}
	}
}

// TestHoldBook: a workbook is read in memory, any of its sheets, and nothing of it is written to a disk.
func TestHoldBook(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	b := excelize.NewFile()
	b.SetSheetRow("Sheet1", "A1", &[]any{"Notes"})
	b.NewSheet("Cars")
	b.SetSheetRow("Cars", "A1", &[]any{"Registration No", "Make"})
	for i := range 20_000 { // more than is kept in memory of a workbook that is a file
		b.SetSheetRow("Cars", fmt.Sprint("A", i+2), &[]any{fmt.Sprintf("HR26DK%04d%s", i%10_000, strings.Repeat("x", 400)), "Maruti"})
	}
	var file bytes.Buffer
	if err := b.Write(&file); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range left {
		os.RemoveAll(name)
	}
	h, err := Hold(file.Bytes(), "Cars", 20_000, ListOptions{Kind: Vehicles})
	if err != nil || len(h.Rows) != 20_000 || h.Sheet != "Cars" || !slices.Equal(h.Sheets, []string{"Sheet1", "Cars"}) {
		t.Fatalf("%v, %+v", err, h)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("on the disk stands %q", left)
	}
	if _, err := Hold(file.Bytes(), "Bikes", 10, ListOptions{Kind: Vehicles}); err == nil {
		t.Error("a sheet that is none is read")
	}
}

// TestBook: every cell of the workbook is text as it stands in the CSV: long numbers keep their digits, and nothing is a formula, nor
// becomes one where the sheet is saved as CSV again.
func TestBook(t *testing.T) {
	const answers = byteOrderMark + "line,engine,note\n2,12345678901234567890,'=1+1\n3,00123,\"सुनील, <b> & \"\"x\"\"\nb\"\n4,1E5,=1+1\n"
	var file bytes.Buffer
	if err := Book(&file, strings.NewReader(answers)); err != nil {
		t.Fatal(err)
	}
	b, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := b.GetRows("Sheet1")
	if want := `[["line" "engine" "note"] ["2" "12345678901234567890" "'=1+1"] ["3" "00123" "सुनील, <b> & \"x\"\nb"] ["4" "1E5" "=1+1"]]`; err != nil || fmt.Sprintf("%q", rows) != want {
		t.Errorf("%q, %v", rows, err)
	}
	for n, row := range rows {
		for i := range row {
			at, _ := excelize.CoordinatesToCellName(i+1, n+1)
			kind, _ := b.GetCellType("Sheet1", at)
			if formula, err := b.GetCellFormula("Sheet1", at); kind != excelize.CellTypeInlineString || formula != "" || err != nil {
				t.Errorf("%s is of type %d with formula %q, %v", at, kind, formula, err)
			}
		}
	}
	if err := Book(io.Discard, strings.NewReader("a,b\n1\n")); err == nil {
		t.Error("half a file is made a workbook")
	}
}

// TestResults: the answers become the CSV of anvesh match, a row without an answer too, and remarks stand once.
func TestResults(t *testing.T) {
	h, err := Hold([]byte("Name,Age\nRam,34\n=Om,NA\n"), "", 10, ListOptions{Kind: Persons})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	r := h.Results(&out, "reason=x")
	line := func(v any) []byte {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	hit := query.Hit{Class: query.Probable, Score: .9, Record: query.View{ID: "1/p/A1", Name: "Ram"}}
	one, err := r.Add(line(RowAnswer{Line: 2, Answer: &query.Answer{Hits: []query.Hit{hit}, Total: 1, TotalIs: "exact", Complete: true}}))
	if err != nil || one.Answer.Hits[0].Record.Name != "Ram" || one.Fault != nil || one.Row.Line != 2 {
		t.Fatalf("%+v, %v", one, err)
	}
	refused := RowRefusal{Line: 3, Error: Fault{Code: "bad_value", Message: "age: is wrong", Field: "age"}}
	refused.Remarks, refused.RemarksHi = Remarked(h.Rows[1].Remarks, nil, nil)
	two, err := r.Add(line(refused))
	if err != nil || two.Fault == nil || len(two.Remarks) != 1 || two.Remarks[0].Hindi == "" {
		t.Fatalf("%+v, %v", two, err)
	}
	if _, err := r.Add(line(refused)); err == nil {
		t.Error("a third answer to two rows is taken")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], byteOrderMark+"line,ref,Name,Age,error") || !strings.HasPrefix(lines[1], "2,,Ram,34,,1,true,1,PROBABLE") ||
		!strings.HasPrefix(lines[2], "3,,'=Om,NA,age: is wrong") || !strings.Contains(lines[1], "reason=x") {
		t.Errorf("%q", lines)
	}
}
