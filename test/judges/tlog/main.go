// Verifies an archive with Go's own golang.org/x/mod/sumdb: its note for the signatures, its tlog for the tree. Shares
// no code with valetkey.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	root := os.Args[1]
	key, err := os.ReadFile(filepath.Join(root, "verifier-key"))
	must(err)
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	must(err)
	newest := open(filepath.Join(root, "checkpoint"), verifier)
	reader := tlog.TileHashReader(newest, files{root})

	computed, err := tlog.TreeHash(newest.N, reader)
	must(err)
	if computed != newest.Hash {
		fail("the tree's hash is not the signed one")
	}
	entries := 0
	for bundle := int64(0); bundle*256 < newest.N; bundle++ {
		width := min(int(newest.N-bundle*256), 256)
		data, err := os.ReadFile(filepath.Join(root, strings.Replace(path(tlog.Tile{H: 8, L: 0, N: bundle, W: width}), "tile/0/", "tile/entries/", 1)))
		must(err)
		for at := 0; len(data) > 0; at++ {
			length := int(binary.BigEndian.Uint16(data))
			record := data[2 : 2+length]
			data = data[2+length:]
			id := bundle*256 + int64(at)
			hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, id)})
			must(err)
			if hashes[0] != tlog.RecordHash(record) {
				fail(fmt.Sprintf("entry %d has another hash", id))
			}
			if id%977 == 0 {
				proof, err := tlog.ProveRecord(newest.N, id, reader)
				must(err)
				must(tlog.CheckRecord(proof, newest.N, newest.Hash, id, tlog.RecordHash(record)))
			}
			entries++
		}
	}
	if int64(entries) != newest.N {
		fail(fmt.Sprintf("%d entries in a log of %d", entries, newest.N))
	}
	earlier, err := filepath.Glob(filepath.Join(root, "checkpoints", "*"))
	must(err)
	for _, name := range earlier {
		old := open(name, verifier)
		proof, err := tlog.ProveTree(newest.N, old.N, reader)
		must(err)
		must(tlog.CheckTree(proof, newest.N, newest.Hash, old.N, old.Hash))
	}
	fmt.Printf("{\"entries\":%d,\"earlier\":%d,\"root\":%q}\n", entries, len(earlier), base64.StdEncoding.EncodeToString(newest.Hash[:]))
}

func open(name string, verifier note.Verifier) tlog.Tree {
	text, err := os.ReadFile(name)
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		fail(name + " is no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	hash, err := tlog.ParseHash(lines[2])
	must(err)
	return tlog.Tree{N: size, Hash: hash}
}

// path returns a tile's path without its height, as tlog-tiles has it.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

type files struct{ root string }

func (files) Height() int                      { return 8 }
func (files) SaveTiles([]tlog.Tile, [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	read := make([][]byte, 0, len(tiles))
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(f.root, path(tile)))
		if err != nil {
			return nil, err
		}
		read = append(read, data)
	}
	return read, nil
}

func must(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(why string) {
	fmt.Fprintln(os.Stderr, why)
	os.Exit(1)
}
