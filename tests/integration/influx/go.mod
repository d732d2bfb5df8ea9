module stampede/influx-reader

go 1.26

require (
	github.com/influxdata/influxdb v1.13.2
	github.com/influxdata/line-protocol/v2 v2.2.1
)
