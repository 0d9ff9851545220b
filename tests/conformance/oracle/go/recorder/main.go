package recorder

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"sigs.k8s.io/yaml"
)

const usage = `usage: oracle version | validate | verdicts [-join] [-yaml] [-in FILE] [-out FILE]

  validate   one document a line, {"id","policy"} or bare
  verdicts   one scenario a line
  -join      write {"cilium","case","result"}, the form of the recorded files
  -yaml      the input is a stream of YAML documents`

// Main is the command line of every program: it ends the process.
func Main(engine Engine) {
	if err := run(engine, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(engine Engine, args []string) (err error) {
	flags := flag.NewFlagSet("oracle", flag.ExitOnError)
	flags.Usage = func() { fmt.Fprintln(os.Stderr, usage) }
	in := flags.String("in", "-", "")
	out := flags.String("out", "-", "")
	join := flags.Bool("join", false, "")
	isYAML := flags.Bool("yaml", false, "")
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	if args[0] == "version" {
		fmt.Println(ciliumVersion())
		return nil
	}
	_ = flags.Parse(args[1:])
	if err := engine.Init(); err != nil {
		return err
	}
	documents, err := newDocuments(engine)
	if err != nil {
		return err
	}
	answer, err := answerer(args[0], engine, documents)
	if err != nil {
		return err
	}
	input, output := os.Stdin, os.Stdout
	if *in != "-" {
		if input, err = os.Open(*in); err != nil {
			return err
		}
		defer input.Close()
	}
	if *out != "-" {
		if output, err = os.Create(*out); err != nil {
			return err
		}
		defer func() {
			if closing := output.Close(); err == nil {
				err = closing
			}
		}()
	}
	buffer := bufio.NewWriterSize(output, 1<<20)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	start, cases, version := time.Now(), 0, ciliumVersion()
	err = eachCase(input, *isYAML, func(raw []byte) error {
		cases++
		result, err := answer(raw)
		if err != nil {
			return fmt.Errorf("case %d: %w", cases, err)
		}
		if *join {
			result = struct {
				Cilium string          `json:"cilium"`
				Case   json.RawMessage `json:"case"`
				Result any             `json:"result"`
			}{version, raw, result}
		}
		return encoder.Encode(result)
	})
	if err != nil {
		return err
	}
	took := time.Since(start)
	fmt.Fprintf(os.Stderr, "%s: %d cases in %v (%.0f/s)\n", version, cases, took.Round(time.Millisecond), float64(cases)/took.Seconds())
	return buffer.Flush()
}

func answerer(command string, engine Engine, documents *documents) (func([]byte) (any, error), error) {
	switch command {
	case "validate":
		return func(raw []byte) (any, error) {
			var c Document
			if err := json.Unmarshal(raw, &c); err != nil {
				return nil, err
			}
			if c.Policy == nil {
				c.Policy = raw
			}
			answer, _ := documents.check(c.Policy)
			return struct {
				ID string `json:"id"`
				DocumentAnswer
			}{c.ID, answer}, nil
		}, nil
	case "verdicts":
		return func(raw []byte) (any, error) {
			var scenario Scenario
			if err := json.Unmarshal(raw, &scenario); err != nil {
				return nil, err
			}
			answer := decide(engine, documents, &scenario)
			for i, flow := range answer.Flows {
				if flow.Mismatch != "" {
					return nil, fmt.Errorf("%s, flow %d: %s", scenario.ID, i, flow.Mismatch)
				}
			}
			return answer, nil
		}, nil
	}
	return nil, fmt.Errorf("unknown command %q\n%s", command, usage)
}

// eachCase calls do with each line that is neither blank nor a # comment, or with each YAML document as JSON.
func eachCase(input io.Reader, isYAML bool, do func([]byte) error) error {
	if isYAML {
		all, err := io.ReadAll(input)
		if err != nil {
			return err
		}
		for _, text := range bytes.Split(append([]byte("\n"), all...), []byte("\n---")) {
			document, err := yaml.YAMLToJSON(text)
			if err != nil {
				return err
			}
			if string(document) == "null" {
				continue
			}
			if err := do(document); err != nil {
				return err
			}
		}
		return nil
	}
	lines := bufio.NewScanner(input)
	lines.Buffer(make([]byte, 1<<20), 64<<20)
	for lines.Scan() {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := do(bytes.Clone(line)); err != nil {
			return err
		}
	}
	return lines.Err()
}

// ciliumVersion is that of the module this program was built with.
func ciliumVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/cilium/cilium" {
				return module.Version
			}
		}
	}
	return "unknown"
}
