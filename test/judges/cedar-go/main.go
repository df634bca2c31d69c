// Decides Cedar requests with cedar-go. Reads one JSON world a line from standard input, and writes its decisions as one line.
// Shares no code with valetkey.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
)

type world struct {
	Policies  []string   `json:"policies"`
	Questions []question `json:"questions"`
}

type question struct {
	Principal types.ImplicitlyMarshaledEntityUID `json:"principal"`
	Action    types.ImplicitlyMarshaledEntityUID `json:"action"`
	Resource  types.ImplicitlyMarshaledEntityUID `json:"resource"`
	Context   types.Record                       `json:"context"`
	Entities  types.EntityMap                    `json:"entities"`
}

// decision names policies by their place in the world.
type decision struct {
	Allowed  bool     `json:"allowed"`
	Deciding []string `json:"deciding"`
	Errored  []string `json:"errored"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 0, 1<<20), 1<<28)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var asked world
		must(json.Unmarshal(lines.Bytes(), &asked))
		policies := cedar.NewPolicySet()
		for place, text := range asked.Policies {
			var policy cedar.Policy
			if err := policy.UnmarshalCedar([]byte(text)); err != nil {
				must(fmt.Errorf("%w in %s", err, text))
			}
			policies.Add(cedar.PolicyID(fmt.Sprint(place)), &policy)
		}
		decisions := []decision{}
		for _, each := range asked.Questions {
			answer, diagnostic := cedar.Authorize(policies, each.Entities, cedar.Request{
				Principal: cedar.EntityUID(each.Principal),
				Action:    cedar.EntityUID(each.Action),
				Resource:  cedar.EntityUID(each.Resource),
				Context:   each.Context,
			})
			decided := decision{Allowed: bool(answer), Deciding: []string{}, Errored: []string{}}
			for _, reason := range diagnostic.Reasons {
				decided.Deciding = append(decided.Deciding, string(reason.PolicyID))
			}
			for _, failed := range diagnostic.Errors {
				decided.Errored = append(decided.Errored, string(failed.PolicyID))
			}
			slices.Sort(decided.Deciding)
			slices.Sort(decided.Errored)
			decisions = append(decisions, decided)
		}
		must(json.NewEncoder(out).Encode(decisions))
	}
	must(lines.Err())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
