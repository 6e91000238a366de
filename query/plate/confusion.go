package plate

import (
	"math"
	"strings"
)

// confusions says what a character on a plate is taken for: stored character, then pairs of read character and weight.
// Weights are relative within a line. Look-alikes come first, then what hands and voices confuse (1/7, 3/8, 9/4; the
// spoken letters B D P V T E, M and N). Sources: the substitution tables of public plate-reader projects (O, D, Q for
// 0; T, I for 1; Z 2; J 3; A 4; S 5; G 6; B 8; 7 for T), domain.md section 6; weights are guesses.
const confusions = `
0 O6 D4 Q3 8.5 6.7 U.5 C.5 G.5
1 I6 L3 T2 J2 7.7 4.2
2 Z6 7.5 R.2
3 8.7 B.3 J1 5.3
4 A5 9.4 1.2
5 S6 6.4 3.2
6 G6 0.6 8.5 5.3 B.3 C.3
7 T4 Y3 1.7 Z.6 2.3
8 B6 3.7 0.5 6.4 9.2 S.2
9 4.4 8.3 G.3 P.2
A 4.5 R.4 H.3
B 8.6 D.6 P.4 V.4 E.3 R.3 3.3
C G3 0.5 O1 E.4
D 0.4 O3 Q2 B.6 P.3 T.3 E.2
E F1 B.5 P.4 T.3 D.3 C.4
F P1 E1
G 6.6 C3 0.5 O.5
H N1 W.7 M.7 A.3 K.3 R.3
I 1.6 L3 T2 J2
J 1.3 I3 3.5 L1 T1 U.4
K X1 H.3 R.3
L 1.3 I3 T1 J1 E.3
M N3 H.7 W.7
N M3 H.7 W.4
O 0.6 D3 Q3 C.5
P F1 B.5 D.4 V.3 T.3 E.3 R.4 9.2
Q 0.4 O4 D2
R B.5 P.6 A.4 K.4 H.3 2.2
S 5.6 8.4
T 7.4 1.2 I2 L1 J1 Y1 P.3 D.3 E.2
U V3 Y1 J.5 0.4 O.4
V U3 Y2 W.6 B.4 T.3 P.3
W V1 M.7 H.6 N.4
X K1 Y.5
Y V3 U1 7.3 T1 X.5
Z 2.6 7.6
`

// Symbols are the characters of numbers in the order of their codes: digits 0 to 9, letters 10 to 35.
const Symbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Codes beyond the symbols: OpenCode is ?, UnknownCode anything else.
const (
	OpenCode    = 36
	UnknownCode = 37
)

var codes = func() (c [256]uint8) {
	for i := range c {
		c[i] = UnknownCode
	}
	for i := 0; i < len(Symbols); i++ {
		c[Symbols[i]] = uint8(i)
	}
	c['?'] = OpenCode
	return c
}()

// Code is the code of a character.
func Code(c byte) uint8 { return codes[c] }

// A choice is a character that may be read for another, with its chance among the stored character's confusions.
type choice struct {
	read   byte
	chance float64
}

// lookAlikes holds the confusions of each stored character by code; chances of one character add up to 1.
var lookAlikes = func() (table [OpenCode][]choice) {
	for _, line := range strings.Split(strings.TrimSpace(confusions), "\n") {
		fields := strings.Fields(line)
		sum := 0.
		var list []choice
		for _, f := range fields[1:] {
			w := weight(f)
			list = append(list, choice{f[0], w})
			sum += w
		}
		for i := range list {
			list[i].chance /= sum
		}
		table[codes[fields[0][0]]] = list
	}
	return table
}()

// weight reads the number behind the character of a confusion: "O6" is 6, "8.5" and "4.6" are .5 and .6 where the
// character is the one before the point.
func weight(f string) float64 {
	w, unit := 0., 1.
	for i := 1; i < len(f); i++ {
		switch {
		case f[i] == '.':
			unit = .1
		case unit < 1:
			w += float64(f[i]-'0') * unit
		default:
			w = w*10 + float64(f[i]-'0')
		}
	}
	return w
}

// swaps is the cost of reading one character (second index, code) where another stands (first index). Equal characters
// cost nothing.
var swaps = func() (table [UnknownCode + 1][UnknownCode + 1]float32) {
	for s := range table {
		for r := range table[s] {
			switch {
			case r == OpenCode:
				table[s][r] = costOpen
			case s == OpenCode:
				table[s][r] = costGround
			case s == UnknownCode || r == UnknownCode:
				table[s][r] = CostNever
			case s != r:
				table[s][r] = nats(shareOf(CauseUnlike), positions) + unlikeCost(s, r)
			}
		}
	}
	for s, list := range lookAlikes {
		for _, c := range list {
			cost := nats(shareOf(CauseLook)*c.chance, positions)
			table[s][codes[c.read]] = min(cost, table[s][codes[c.read]])
		}
	}
	return table
}()

// SwapCost is the cost of reading the character of one code where that of another is stored.
func SwapCost(stored, read uint8) float32 { return swaps[stored][read] }

// RowCost is the cost of one more unlike character in a row of them, and RowStart that of the first with what the row
// costs by itself.
func RowCost(stored, read uint8) float32 { return inRow[stored][read] }

// RowStart is described with RowCost.
func RowStart(stored, read uint8) float32 { return costRowStart + costRowOn + inRow[stored][read] }

// inRow is the cost of one substitution within a run of them, beside costRowStart and costRowOn.
var inRow = func() (table [UnknownCode + 1][UnknownCode + 1]float32) {
	for s := range table {
		for r := range table[s] {
			table[s][r] = CostNever
			if s < OpenCode && r < OpenCode && s != r {
				table[s][r] = unlikeCost(s, r)
			}
		}
	}
	return table
}()

func unlikeCost(s, r int) float32 { return float32(-math.Log(unlikeChance(s, r))) }

// unlikeChance is the chance that code s, read as something unlike it, is read as r.
func unlikeChance(s, r int) float64 {
	switch {
	case s < 10 && r < 10:
		return sameClass / 9
	case s < 10:
		return (1 - sameClass) / 26
	case r >= 10:
		return sameClass / 25
	}
	return (1 - sameClass) / 10
}

// isLookAlike reports whether read is among the confusions of stored.
func isLookAlike(stored, read byte) bool {
	if codes[stored] >= OpenCode {
		return false
	}
	for _, c := range lookAlikes[codes[stored]] {
		if c.read == read {
			return true
		}
	}
	return false
}

// takenFor lists for each character, by code, the stored ones that it may be read for as a look-alike.
var takenFor = func() (table [UnknownCode + 1]string) {
	for s, list := range lookAlikes {
		for _, c := range list {
			table[codes[c.read]] += Symbols[s : s+1]
		}
	}
	return table
}()

// TakenFor are the stored characters that read may be a misreading of, as a look-alike.
func TakenFor(read byte) string { return takenFor[codes[read]] }
