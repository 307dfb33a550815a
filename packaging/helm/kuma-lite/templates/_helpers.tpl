{{- define "kuma-lite.fullname" -}}
{{- if contains "kuma-lite" .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-kuma-lite" .Release.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "kuma-lite.selector" -}}
app.kubernetes.io/name: kuma-lite
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kuma-lite.labels" -}}
{{ include "kuma-lite.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
