// Reads lines of InfluxDB line protocol with the parsers that InfluxDB and Telegraf are made of.
//
// For each line of standard input it writes a line of JSON: what the parser of InfluxDB made of it,
// and what that of the line-protocol library did; or why they could not read it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/influxdata/influxdb/models"
	"github.com/influxdata/line-protocol/v2/lineprotocol"
)

const longestLine = 64 << 20

// A value by its type ("float", "integer", "string", "boolean"), as text.
type value [2]string

type point struct {
	Measurement string            `json:"measurement"`
	Tags        map[string]string `json:"tags"`
	Fields      map[string]value  `json:"fields"`
	Time        string            `json:"time"`
	Problem     string            `json:"problem,omitempty"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<16), longestLine)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for lines.Scan() {
		line := lines.Bytes()
		both := map[string]point{"influxdb": byInfluxDB(line), "library": byLibrary(line)}
		if err := encoder.Encode(both); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out.Flush()
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func newPoint() point {
	return point{Tags: map[string]string{}, Fields: map[string]value{}}
}

func byInfluxDB(line []byte) point {
	read := newPoint()
	// The parser keeps the bytes that it is given.
	own := append([]byte(nil), line...)
	points, err := models.ParsePointsWithPrecision(own, time.Unix(0, 0), "n")
	if err != nil {
		read.Problem = err.Error()
		return read
	}
	if len(points) != 1 {
		read.Problem = fmt.Sprintf("%d points in a line", len(points))
		return read
	}
	read.Measurement = string(points[0].Name())
	read.Time = strconv.FormatInt(points[0].UnixNano(), 10)
	for _, tag := range points[0].Tags() {
		read.Tags[string(tag.Key)] = string(tag.Value)
	}
	fields, err := points[0].Fields()
	if err != nil {
		read.Problem = err.Error()
	}
	for key, field := range fields {
		read.Fields[key] = typed(field)
	}
	return read
}

func byLibrary(line []byte) point {
	read := newPoint()
	decoder := lineprotocol.NewDecoderWithBytes(line)
	if !decoder.Next() {
		read.Problem = "no point in the line"
		return read
	}
	if err := decode(decoder, &read); err != nil {
		read.Problem = err.Error()
	} else if decoder.Next() {
		read.Problem = "more than one point in the line"
	}
	return read
}

func decode(decoder *lineprotocol.Decoder, read *point) error {
	name, err := decoder.Measurement()
	if err != nil {
		return err
	}
	read.Measurement = string(name)
	for {
		key, tag, err := decoder.NextTag()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		read.Tags[string(key)] = string(tag)
	}
	for {
		key, field, err := decoder.NextField()
		if err != nil {
			return err
		}
		if key == nil {
			break
		}
		read.Fields[string(key)] = typed(field.Interface())
	}
	at, err := decoder.Time(lineprotocol.Nanosecond, time.Time{})
	read.Time = strconv.FormatInt(at.UnixNano(), 10)
	return err
}

func typed(field any) value {
	switch field := field.(type) {
	case float64:
		return value{"float", strconv.FormatFloat(field, 'g', -1, 64)}
	case int64:
		return value{"integer", strconv.FormatInt(field, 10)}
	case string:
		return value{"string", field}
	case bool:
		return value{"boolean", strconv.FormatBool(field)}
	}
	return value{"other", fmt.Sprint(field)}
}
