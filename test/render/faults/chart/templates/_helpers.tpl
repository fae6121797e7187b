{{- define "shop.labels" -}}
app.kubernetes.io/name: shop
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "shop.selector" -}}
app: {{ .Values.web.label }}
component: front
{{- end }}
