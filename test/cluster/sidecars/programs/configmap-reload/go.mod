module sidecar-reaper.test/configmap-reload

go 1.26.0
