{{- define "@name@.fullname" -}}
{{- if contains "@name@" .Release.Name }}{{ .Release.Name | trunc 63 | trimSuffix "-" }}{{ else }}{{ printf "%s-@name@" .Release.Name | trunc 63 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "@name@.selector" -}}
app.kubernetes.io/name: @name@
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "@name@.labels" -}}
{{ include "@name@.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
