package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCmd prints what a shell needs to complete commands and flags. It is made from the command line's own model;
// the libraries that do this for kong bring a second parser with them and are seldom kept.
type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (completionCmd) examples() string {
	return lines("  anvesh completion bash > /etc/bash_completion.d/anvesh", "  source <(anvesh completion zsh)",
		"  anvesh completion fish > ~/.config/fish/completions/anvesh.fish")
}

// Run prints the script.
func (c *completionCmd) Run(w *world, app *kong.Kong) error {
	if c.Shell == "fish" {
		return fishCompletion(w.stdout, app.Model.Node)
	}
	return bashCompletion(w.stdout, app.Model.Node, c.Shell == "zsh")
}

// A completed is one command: what may follow it, and its flags.
type completed struct {
	path  []string // "" at the top
	words []string // commands below it, or the values that its first argument may have
	flags []*kong.Flag
	help  []string // of words
}

// commands lists every command, the top first.
func commands(n *kong.Node, path []string) (list []completed) {
	c := completed{path: path}
	for _, group := range n.AllFlags(true) {
		c.flags = append(c.flags, group...)
	}
	for _, child := range n.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			c.words, c.help = append(c.words, child.Name), append(c.help, child.Help)
		}
	}
	if len(n.Positional) > 0 && n.Positional[0].Enum != "" {
		for _, v := range n.Positional[0].EnumSlice() {
			c.words, c.help = append(c.words, v), append(c.help, "")
		}
	}
	list = append(list, c)
	for _, child := range n.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			list = append(list, commands(child, append(slices.Clone(path), child.Name))...)
		}
	}
	return list
}

// flagNames are flags as they are written.
func flagNames(flags []*kong.Flag) (names []string) {
	for _, f := range flags {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	}
	return names
}

// enums are the flags that have one of a few values.
func (c *completed) enums() (list []*kong.Flag) {
	for _, f := range c.flags {
		if f.Enum != "" && !f.Hidden {
			list = append(list, f)
		}
	}
	return list
}

// bashCompletion prints a script for bash, which zsh takes too once it is told.
func bashCompletion(w io.Writer, top *kong.Node, zsh bool) error {
	var b strings.Builder
	if zsh {
		b.WriteString("autoload -U +X bashcompinit && bashcompinit\n")
	}
	b.WriteString(`_anvesh() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path="" word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
`)
	all := commands(top, nil)
	for _, c := range all[1:] {
		fmt.Fprintf(&b, "      %q) path=%q ;;\n", " "+strings.Join(c.path, " "), " "+strings.Join(c.path, " "))
	}
	b.WriteString("    esac\n  done\n  local words=\"\" flags=\"\"\n  case \"$path\" in\n")
	for _, c := range all {
		path := ""
		if len(c.path) > 0 {
			path = " " + strings.Join(c.path, " ")
		}
		fmt.Fprintf(&b, "    %q) words=%q; flags=%q\n", path, strings.Join(c.words, " "), strings.Join(flagNames(c.flags), " "))
		if enums := c.enums(); len(enums) > 0 {
			b.WriteString("      case \"$prev\" in\n")
			for _, f := range enums {
				fmt.Fprintf(&b, "        --%s) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", f.Name, strings.Join(f.EnumSlice(), " "))
			}
			b.WriteString("      esac\n")
		}
		b.WriteString("      ;;\n")
	}
	b.WriteString(`  esac
  case "$cur" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
}
complete -o default -F _anvesh anvesh
`)
	_, err := io.WriteString(w, b.String())
	return err
}

// fishCompletion prints a script for fish.
func fishCompletion(w io.Writer, top *kong.Node) error {
	var b strings.Builder
	for _, c := range commands(top, nil) {
		when := "__fish_use_subcommand"
		if len(c.path) > 0 {
			var seen []string
			for _, p := range c.path {
				seen = append(seen, "__fish_seen_subcommand_from "+p)
			}
			when = strings.Join(seen, "; and ")
		}
		for i, word := range c.words {
			fmt.Fprintf(&b, "complete -c anvesh -n %s -a %s -d %s\n", quoted(when), quoted(word), quoted(c.help[i]))
		}
		for _, f := range c.flags {
			if f.Hidden {
				continue
			}
			values := ""
			if f.Enum != "" {
				values = " -x -a " + quoted(strings.Join(f.EnumSlice(), " "))
			} else if !f.IsBool() {
				values = " -r"
			}
			fmt.Fprintf(&b, "complete -c anvesh -n %s -l %s -d %s%s\n", quoted(when), f.Name, quoted(f.Help), values)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// quoted writes a word for a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
