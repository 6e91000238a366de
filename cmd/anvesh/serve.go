package main

import "errors"

// serveCmd is the service: it reads the log, keeps what it says and answers searches, until it is told to stop.
type serveCmd struct {
	storeFlags
	kafkaFlags
	brokerFlags
	EmbeddedBroker bool `help:"Hold the log in this process too: one node, synced, on loopback."`
	keepFlags
	Listen        address `help:"Where HTTP is answered." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	SecureCookies bool    `help:"Browsers reach the page by https, through a proxy: the cookie of a session goes over nothing else."`
}

func (serveCmd) examples() string {
	return lines("  anvesh serve --embedded-broker --data /var/lib/anvesh",
		"  anvesh serve --brokers k1:9092,k2:9092 --sasl SCRAM-SHA-512 --sasl-user anvesh --kafka-tls",
		"  ANVESH_DATA=/var/lib/anvesh anvesh serve --config /etc/anvesh.yaml")
}

// Run serves until a signal.
func (c *serveCmd) Run(w *world) error {
	if c.EmbeddedBroker == (len(c.Brokers) > 0) {
		return usageError{errors.New("give either --brokers HOST:PORT,... or --embedded-broker")}
	}
	s, err := openService(w, serviceOptions{store: c.storeFlags, kafka: c.kafkaFlags, broker: c.brokerFlags,
		keep: c.keepFlags, embedded: c.EmbeddedBroker, listen: c.Listen, secureCookies: c.SecureCookies})
	if err != nil {
		return err
	}
	st := s.store.State()
	broker := "cluster"
	if s.broker != nil {
		broker = s.broker.Addr()
	}
	w.log.Info("serving", "address", s.ln.Addr().String(), "broker", broker, "persons", st.Persons, "vehicles", st.Vehicles, "version", version)
	err = s.serve(w.ctx)
	w.log.Info("stopping")
	return errors.Join(err, s.close())
}
