/**
 * The Go structs of the Kubernetes API as the server decodes them. Made by scripts/schema/generate.mjs from the sources
 * of k8s.io/api v0.29.0 to v0.37.2 (Apache License 2.0); do not edit.
 *
 * A line is a type: `PACKAGE.Name` and its fields, each `name:type`, or `= type` for what is another type by name.
 * `name?` is left out where it is empty.
 * `[]` is a list, `{}` a map with text for keys. `Embedded>name` stands for a field of a struct inside. `name@33` is
 * known since 1.33, `name@-35` was until 1.35; what has neither was there in 1.29 already.
 */
export const goTypes = `
apps.DaemonSet TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:apps.DaemonSetSpec status?:apps.DaemonSetStatus
apps.DaemonSetCondition type:apps.DaemonSetConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string
apps.DaemonSetConditionType = string
apps.DaemonSetSpec selector:meta.LabelSelector template:core.PodTemplateSpec updateStrategy?:apps.DaemonSetUpdateStrategy minReadySeconds?:int32 revisionHistoryLimit:int32
apps.DaemonSetStatus currentNumberScheduled:int32 numberMisscheduled:int32 desiredNumberScheduled:int32 numberReady:int32 observedGeneration?:int64 updatedNumberScheduled?:int32 numberAvailable?:int32 numberUnavailable?:int32 collisionCount:int32 conditions?:[]apps.DaemonSetCondition
apps.DaemonSetUpdateStrategy type?:apps.DaemonSetUpdateStrategyType rollingUpdate:apps.RollingUpdateDaemonSet
apps.DaemonSetUpdateStrategyType = string
apps.Deployment TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:apps.DeploymentSpec status?:apps.DeploymentStatus
apps.DeploymentCondition type:apps.DeploymentConditionType status:core.ConditionStatus lastUpdateTime?:time lastTransitionTime?:time reason?:string message?:string
apps.DeploymentConditionType = string
apps.DeploymentSpec replicas:int32 selector:meta.LabelSelector template:core.PodTemplateSpec strategy?:apps.DeploymentStrategy minReadySeconds?:int32 revisionHistoryLimit:int32 paused?:bool progressDeadlineSeconds:int32
apps.DeploymentStatus observedGeneration?:int64 replicas?:int32 updatedReplicas?:int32 readyReplicas?:int32 availableReplicas?:int32 unavailableReplicas?:int32 terminatingReplicas@33:int32 conditions?:[]apps.DeploymentCondition collisionCount:int32
apps.DeploymentStrategy type?:apps.DeploymentStrategyType rollingUpdate:apps.RollingUpdateDeployment
apps.DeploymentStrategyType = string
apps.PersistentVolumeClaimRetentionPolicyType = string
apps.PodManagementPolicyType = string
apps.ReplicaSet TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:apps.ReplicaSetSpec status?:apps.ReplicaSetStatus
apps.ReplicaSetCondition type:apps.ReplicaSetConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string
apps.ReplicaSetConditionType = string
apps.ReplicaSetSpec replicas:int32 minReadySeconds?:int32 selector:meta.LabelSelector template?:core.PodTemplateSpec
apps.ReplicaSetStatus replicas:int32 fullyLabeledReplicas?:int32 readyReplicas?:int32 availableReplicas?:int32 terminatingReplicas@33:int32 observedGeneration?:int64 conditions?:[]apps.ReplicaSetCondition
apps.RollingUpdateDaemonSet maxUnavailable:intorstring maxSurge:intorstring
apps.RollingUpdateDeployment maxUnavailable:intorstring maxSurge:intorstring
apps.RollingUpdateStatefulSetStrategy partition:int32 maxUnavailable:intorstring
apps.StatefulSet TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:apps.StatefulSetSpec status?:apps.StatefulSetStatus
apps.StatefulSetCondition type:apps.StatefulSetConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string
apps.StatefulSetConditionType = string
apps.StatefulSetOrdinals start:int32
apps.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted?:apps.PersistentVolumeClaimRetentionPolicyType whenScaled?:apps.PersistentVolumeClaimRetentionPolicyType
apps.StatefulSetSpec replicas:int32 selector:meta.LabelSelector template:core.PodTemplateSpec volumeClaimTemplates?:[]core.PersistentVolumeClaim serviceName:string podManagementPolicy?:apps.PodManagementPolicyType updateStrategy?:apps.StatefulSetUpdateStrategy revisionHistoryLimit:int32 minReadySeconds?:int32 persistentVolumeClaimRetentionPolicy:apps.StatefulSetPersistentVolumeClaimRetentionPolicy ordinals:apps.StatefulSetOrdinals
apps.StatefulSetStatus observedGeneration?:int64 replicas:int32 readyReplicas?:int32 currentReplicas?:int32 updatedReplicas?:int32 currentRevision?:string updateRevision?:string collisionCount:int32 conditions?:[]apps.StatefulSetCondition availableReplicas:int32
apps.StatefulSetUpdateStrategy type?:apps.StatefulSetUpdateStrategyType rollingUpdate:apps.RollingUpdateStatefulSetStrategy
apps.StatefulSetUpdateStrategyType = string
autoscaling.CrossVersionObjectReference kind:string name:string apiVersion?:string
autoscaling.HorizontalPodAutoscaler TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:autoscaling.HorizontalPodAutoscalerSpec status?:autoscaling.HorizontalPodAutoscalerStatus
autoscaling.HorizontalPodAutoscalerSpec scaleTargetRef:autoscaling.CrossVersionObjectReference minReplicas:int32 maxReplicas:int32 targetCPUUtilizationPercentage:int32
autoscaling.HorizontalPodAutoscalerStatus observedGeneration:int64 lastScaleTime:time currentReplicas:int32 desiredReplicas:int32 currentCPUUtilizationPercentage:int32
autoscaling2.ContainerResourceMetricSource name:core.ResourceName target:autoscaling2.MetricTarget container:string
autoscaling2.ContainerResourceMetricStatus name:core.ResourceName current:autoscaling2.MetricValueStatus container:string
autoscaling2.CrossVersionObjectReference kind:string name:string apiVersion?:string
autoscaling2.ExternalMetricSource metric:autoscaling2.MetricIdentifier target:autoscaling2.MetricTarget
autoscaling2.ExternalMetricStatus metric:autoscaling2.MetricIdentifier current:autoscaling2.MetricValueStatus
autoscaling2.HPAScalingPolicy type:autoscaling2.HPAScalingPolicyType value:int32 periodSeconds:int32
autoscaling2.HPAScalingPolicyType = string
autoscaling2.HPAScalingRules stabilizationWindowSeconds:int32 selectPolicy:autoscaling2.ScalingPolicySelect policies?:[]autoscaling2.HPAScalingPolicy tolerance@33:quantity
autoscaling2.HorizontalPodAutoscaler TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:autoscaling2.HorizontalPodAutoscalerSpec status?:autoscaling2.HorizontalPodAutoscalerStatus
autoscaling2.HorizontalPodAutoscalerBehavior scaleUp:autoscaling2.HPAScalingRules scaleDown:autoscaling2.HPAScalingRules
autoscaling2.HorizontalPodAutoscalerCondition type:autoscaling2.HorizontalPodAutoscalerConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string observedGeneration@37:int64
autoscaling2.HorizontalPodAutoscalerConditionType = string
autoscaling2.HorizontalPodAutoscalerSpec scaleTargetRef:autoscaling2.CrossVersionObjectReference minReplicas:int32 maxReplicas:int32 metrics?:[]autoscaling2.MetricSpec behavior:autoscaling2.HorizontalPodAutoscalerBehavior
autoscaling2.HorizontalPodAutoscalerStatus observedGeneration:int64 lastScaleTime:time currentReplicas?:int32 desiredReplicas:int32 currentMetrics:[]autoscaling2.MetricStatus conditions?:[]autoscaling2.HorizontalPodAutoscalerCondition
autoscaling2.MetricIdentifier name:string selector:meta.LabelSelector
autoscaling2.MetricSourceType = string
autoscaling2.MetricSpec type:autoscaling2.MetricSourceType object:autoscaling2.ObjectMetricSource pods:autoscaling2.PodsMetricSource resource:autoscaling2.ResourceMetricSource containerResource:autoscaling2.ContainerResourceMetricSource external:autoscaling2.ExternalMetricSource
autoscaling2.MetricStatus type:autoscaling2.MetricSourceType object:autoscaling2.ObjectMetricStatus pods:autoscaling2.PodsMetricStatus resource:autoscaling2.ResourceMetricStatus containerResource:autoscaling2.ContainerResourceMetricStatus external:autoscaling2.ExternalMetricStatus
autoscaling2.MetricTarget type:autoscaling2.MetricTargetType value:quantity averageValue:quantity averageUtilization:int32
autoscaling2.MetricTargetType = string
autoscaling2.MetricValueStatus value:quantity averageValue:quantity averageUtilization:int32
autoscaling2.ObjectMetricSource describedObject:autoscaling2.CrossVersionObjectReference target:autoscaling2.MetricTarget metric:autoscaling2.MetricIdentifier
autoscaling2.ObjectMetricStatus metric:autoscaling2.MetricIdentifier current:autoscaling2.MetricValueStatus describedObject:autoscaling2.CrossVersionObjectReference
autoscaling2.PodsMetricSource metric:autoscaling2.MetricIdentifier target:autoscaling2.MetricTarget
autoscaling2.PodsMetricStatus metric:autoscaling2.MetricIdentifier current:autoscaling2.MetricValueStatus
autoscaling2.ResourceMetricSource name:core.ResourceName target:autoscaling2.MetricTarget
autoscaling2.ResourceMetricStatus name:core.ResourceName current:autoscaling2.MetricValueStatus
autoscaling2.ScalingPolicySelect = string
batch.CompletionMode = string
batch.ConcurrencyPolicy = string
batch.CronJob TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:batch.CronJobSpec status?:batch.CronJobStatus
batch.CronJobSpec schedule:string timeZone:string startingDeadlineSeconds:int64 concurrencyPolicy?:batch.ConcurrencyPolicy suspend:bool jobTemplate:batch.JobTemplateSpec successfulJobsHistoryLimit:int32 failedJobsHistoryLimit:int32
batch.CronJobStatus active?:[]core.ObjectReference lastScheduleTime:time lastSuccessfulTime:time
batch.Job TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:batch.JobSpec status?:batch.JobStatus
batch.JobCondition type:batch.JobConditionType status:core.ConditionStatus lastProbeTime?:time lastTransitionTime?:time reason?:string message?:string
batch.JobConditionType = string
batch.JobSchedulingConfiguration schedulingPolicy:scheduling.WorkloadPodGroupSchedulingPolicy schedulingConstraints:scheduling.WorkloadPodGroupSchedulingConstraints disruptionMode:scheduling.WorkloadPodGroupDisruptionMode resourceClaims?:[]scheduling.WorkloadPodGroupResourceClaim
batch.JobSpec parallelism:int32 completions:int32 activeDeadlineSeconds:int64 podFailurePolicy:batch.PodFailurePolicy successPolicy@30:batch.SuccessPolicy backoffLimit:int32 backoffLimitPerIndex:int32 maxFailedIndexes:int32 selector:meta.LabelSelector manualSelector:bool template:core.PodTemplateSpec ttlSecondsAfterFinished:int32 completionMode:batch.CompletionMode suspend:bool podReplacementPolicy:batch.PodReplacementPolicy managedBy@30:string scheduling@37:batch.JobSchedulingConfiguration
batch.JobStatus conditions?:[]batch.JobCondition startTime:time completionTime:time active?:int32 succeeded?:int32 failed?:int32 terminating:int32 completedIndexes?:string failedIndexes:string uncountedTerminatedPods:batch.UncountedTerminatedPods ready:int32
batch.JobTemplateSpec metadata?:meta.ObjectMeta spec?:batch.JobSpec
batch.PodFailurePolicy rules:[]batch.PodFailurePolicyRule
batch.PodFailurePolicyAction = string
batch.PodFailurePolicyOnExitCodesOperator = string
batch.PodFailurePolicyOnExitCodesRequirement containerName:string operator:batch.PodFailurePolicyOnExitCodesOperator values:[]int32
batch.PodFailurePolicyOnPodConditionsPattern type:core.PodConditionType status:core.ConditionStatus
batch.PodFailurePolicyRule action:batch.PodFailurePolicyAction onExitCodes:batch.PodFailurePolicyOnExitCodesRequirement onPodConditions?:[]batch.PodFailurePolicyOnPodConditionsPattern
batch.PodReplacementPolicy = string
batch.SuccessPolicy rules:[]batch.SuccessPolicyRule
batch.SuccessPolicyRule succeededIndexes:string succeededCount:int32
batch.UncountedTerminatedPods succeeded?:[]uid failed?:[]uid
core.AWSElasticBlockStoreVolumeSource volumeID:string fsType?:string partition?:int32 readOnly?:bool
core.Affinity nodeAffinity:core.NodeAffinity podAffinity:core.PodAffinity podAntiAffinity:core.PodAntiAffinity
core.AppArmorProfile type:core.AppArmorProfileType localhostProfile:string
core.AppArmorProfileType = string
core.AttachedVolume name:core.UniqueVolumeName devicePath:string
core.AzureDataDiskCachingMode = string
core.AzureDataDiskKind = string
core.AzureDiskVolumeSource diskName:string diskURI:string cachingMode:core.AzureDataDiskCachingMode fsType:string readOnly:bool kind:core.AzureDataDiskKind
core.AzureFileVolumeSource secretName:string shareName:string readOnly?:bool
core.CSIVolumeSource driver:string readOnly:bool fsType:string volumeAttributes?:{}string nodePublishSecretRef:core.LocalObjectReference
core.Capabilities add?:[]core.Capability drop?:[]core.Capability
core.Capability = string
core.CephFSVolumeSource monitors:[]string path?:string user?:string secretFile?:string secretRef:core.LocalObjectReference readOnly?:bool
core.CinderVolumeSource volumeID:string fsType?:string readOnly?:bool secretRef:core.LocalObjectReference
core.ClaimResourceStatus = string
core.ClaimSource 
core.ClientIPConfig timeoutSeconds:int32
core.ClusterTrustBundleProjection name:string signerName:string labelSelector:meta.LabelSelector optional:bool path:string user@37:int64
core.ConditionStatus = string
core.ConfigMap TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta immutable:bool data?:{}string binaryData?:{}bytes
core.ConfigMapEnvSource LocalObjectReference>name?:string optional:bool
core.ConfigMapKeySelector LocalObjectReference>name?:string key:string optional:bool
core.ConfigMapNodeConfigSource namespace:string name:string uid?:uid resourceVersion?:string kubeletConfigKey:string
core.ConfigMapProjection LocalObjectReference>name?:string items?:[]core.KeyToPath optional:bool
core.ConfigMapVolumeSource LocalObjectReference>name?:string items?:[]core.KeyToPath defaultMode:int32 optional:bool defaultUser@37:int64
core.Container name:string image?:string command?:[]string args?:[]string workingDir?:string ports?:[]core.ContainerPort envFrom?:[]core.EnvFromSource env?:[]core.EnvVar resources?:core.ResourceRequirements resizePolicy?:[]core.ContainerResizePolicy restartPolicy:core.ContainerRestartPolicy restartPolicyRules?@34:[]core.ContainerRestartRule volumeMounts?:[]core.VolumeMount volumeDevices?:[]core.VolumeDevice livenessProbe:core.Probe readinessProbe:core.Probe startupProbe:core.Probe lifecycle:core.Lifecycle terminationMessagePath?:string terminationMessagePolicy?:core.TerminationMessagePolicy imagePullPolicy?:core.PullPolicy securityContext:core.SecurityContext stdin?:bool stdinOnce?:bool tty?:bool
core.ContainerExtendedResourceRequest containerName:string resourceName:string requestName:string
core.ContainerImage names:[]string sizeBytes?:int64
core.ContainerPort name?:string hostPort?:int32 containerPort:int32 protocol?:core.Protocol hostIP?:string
core.ContainerResizePolicy resourceName:core.ResourceName restartPolicy:core.ResourceResizeRestartPolicy
core.ContainerRestartPolicy = string
core.ContainerRestartRule action?:core.ContainerRestartRuleAction exitCodes:core.ContainerRestartRuleOnExitCodes
core.ContainerRestartRuleAction = string
core.ContainerRestartRuleOnExitCodes operator?:core.ContainerRestartRuleOnExitCodesOperator values?:[]int32
core.ContainerRestartRuleOnExitCodesOperator = string
core.ContainerState waiting:core.ContainerStateWaiting running:core.ContainerStateRunning terminated:core.ContainerStateTerminated
core.ContainerStateRunning startedAt?:time
core.ContainerStateTerminated exitCode:int32 signal?:int32 reason?:string message?:string startedAt?:time finishedAt?:time containerID?:string
core.ContainerStateWaiting reason?:string message?:string
core.ContainerStatus name:string state?:core.ContainerState lastState?:core.ContainerState ready:bool restartCount:int32 image:string imageID:string containerID?:string started:bool allocatedResources?:core.ResourceList resources:core.ResourceRequirements volumeMounts?@30:[]core.VolumeMountStatus user@31:core.ContainerUser allocatedResourcesStatus?@31:[]core.ResourceStatus stopSignal@33:core.Signal
core.ContainerUser linux:core.LinuxContainerUser
core.DNSPolicy = string
core.DaemonEndpoint Port:int32
core.DownwardAPIProjection items?:[]core.DownwardAPIVolumeFile
core.DownwardAPIVolumeFile path:string fieldRef:core.ObjectFieldSelector resourceFieldRef:core.ResourceFieldSelector mode:int32 user@37:int64
core.DownwardAPIVolumeSource items?:[]core.DownwardAPIVolumeFile defaultMode:int32 defaultUser@37:int64
core.EmptyDirVolumeSource medium?:core.StorageMedium sizeLimit:quantity mode@37:int32
core.EndpointAddress ip:string hostname?:string nodeName:string targetRef:core.ObjectReference
core.EndpointPort name?:string port:int32 protocol?:core.Protocol appProtocol:string
core.EndpointSubset addresses?:[]core.EndpointAddress notReadyAddresses?:[]core.EndpointAddress ports?:[]core.EndpointPort
core.Endpoints TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta subsets?:[]core.EndpointSubset
core.EnvFromSource prefix?:string configMapRef:core.ConfigMapEnvSource secretRef:core.SecretEnvSource
core.EnvVar name:string value?:string valueFrom:core.EnvVarSource
core.EnvVarSource fieldRef:core.ObjectFieldSelector resourceFieldRef:core.ResourceFieldSelector configMapKeyRef:core.ConfigMapKeySelector secretKeyRef:core.SecretKeySelector fileKeyRef@34:core.FileKeySelector
core.EphemeralContainer EphemeralContainerCommon>name:string EphemeralContainerCommon>image?:string EphemeralContainerCommon>command?:[]string EphemeralContainerCommon>args?:[]string EphemeralContainerCommon>workingDir?:string EphemeralContainerCommon>ports?:[]core.ContainerPort EphemeralContainerCommon>envFrom?:[]core.EnvFromSource EphemeralContainerCommon>env?:[]core.EnvVar EphemeralContainerCommon>resources?:core.ResourceRequirements EphemeralContainerCommon>resizePolicy?:[]core.ContainerResizePolicy EphemeralContainerCommon>restartPolicy:core.ContainerRestartPolicy EphemeralContainerCommon>restartPolicyRules?@34:[]core.ContainerRestartRule EphemeralContainerCommon>volumeMounts?:[]core.VolumeMount EphemeralContainerCommon>volumeDevices?:[]core.VolumeDevice EphemeralContainerCommon>livenessProbe:core.Probe EphemeralContainerCommon>readinessProbe:core.Probe EphemeralContainerCommon>startupProbe:core.Probe EphemeralContainerCommon>lifecycle:core.Lifecycle EphemeralContainerCommon>terminationMessagePath?:string EphemeralContainerCommon>terminationMessagePolicy?:core.TerminationMessagePolicy EphemeralContainerCommon>imagePullPolicy?:core.PullPolicy EphemeralContainerCommon>securityContext:core.SecurityContext EphemeralContainerCommon>stdin?:bool EphemeralContainerCommon>stdinOnce?:bool EphemeralContainerCommon>tty?:bool targetContainerName?:string
core.EphemeralVolumeSource volumeClaimTemplate:core.PersistentVolumeClaimTemplate
core.EvictionResponder name:string priority:int32
core.ExecAction command?:[]string
core.FCVolumeSource targetWWNs?:[]string lun:int32 fsType?:string readOnly?:bool wwids?:[]string
core.FileKeySelector volumeName:string path:string key:string optional:bool
core.FinalizerName = string
core.FlexVolumeSource driver:string fsType?:string secretRef:core.LocalObjectReference readOnly?:bool options?:{}string
core.FlockerVolumeSource datasetName?:string datasetUUID?:string
core.GCEPersistentDiskVolumeSource pdName:string fsType?:string partition?:int32 readOnly?:bool
core.GRPCAction port:int32 service:string mode@37:core.GRPCProbeMode
core.GRPCProbeMode = string
core.GitRepoVolumeSource repository:string revision?:string directory?:string
core.GlusterfsVolumeSource endpoints:string path:string readOnly?:bool
core.HTTPGetAction path?:string port:intorstring host?:string scheme?:core.URIScheme httpHeaders?:[]core.HTTPHeader protocol@37:core.HTTPProtocol
core.HTTPHeader name:string value:string
core.HTTPProtocol = string
core.HostAlias ip:string hostnames?:[]string
core.HostIP ip:string
core.HostPathType = string
core.HostPathVolumeSource path:string type:core.HostPathType
core.IPFamily = string
core.IPFamilyPolicy = string
core.ISCSIVolumeSource targetPortal:string iqn:string lun:int32 iscsiInterface?:string fsType?:string readOnly?:bool portals?:[]string chapAuthDiscovery?:bool chapAuthSession?:bool secretRef:core.LocalObjectReference initiatorName:string
core.ImageVolumeSource reference?:string pullPolicy?:core.PullPolicy
core.ImageVolumeStatus imageRef?:string
core.KeyToPath key:string path:string mode:int32 user@37:int64
core.Lifecycle postStart:core.LifecycleHandler preStop:core.LifecycleHandler stopSignal@33:core.Signal
core.LifecycleHandler exec:core.ExecAction httpGet:core.HTTPGetAction tcpSocket:core.TCPSocketAction sleep:core.SleepAction
core.LinuxContainerUser uid:int64 gid:int64 supplementalGroups?:[]int64
core.LoadBalancerIPMode = string
core.LoadBalancerIngress ip?:string hostname?:string ipMode:core.LoadBalancerIPMode ports?:[]core.PortStatus
core.LoadBalancerStatus ingress?:[]core.LoadBalancerIngress
core.LocalObjectReference name?:string
core.ModifyVolumeStatus targetVolumeAttributesClassName?:string status:core.PersistentVolumeClaimModifyVolumeStatus
core.MountPropagationMode = string
core.NFSVolumeSource server:string path:string readOnly?:bool
core.Namespace TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.NamespaceSpec status?:core.NamespaceStatus
core.NamespaceCondition type:core.NamespaceConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string
core.NamespaceConditionType = string
core.NamespacePhase = string
core.NamespaceSpec finalizers?:[]core.FinalizerName
core.NamespaceStatus phase?:core.NamespacePhase conditions?:[]core.NamespaceCondition
core.Node TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.NodeSpec status?:core.NodeStatus
core.NodeAddress type:core.NodeAddressType address:string
core.NodeAddressType = string
core.NodeAffinity requiredDuringSchedulingIgnoredDuringExecution:core.NodeSelector preferredDuringSchedulingIgnoredDuringExecution?:[]core.PreferredSchedulingTerm
core.NodeAllocatableMappedResources name:core.ResourceName quantity:quantity
core.NodeAllocatableOverheadResources name:core.ResourceName perPod:quantity perContainer:quantity
core.NodeAllocatableResourceClaimStatus resourceClaimName:string containers?:[]string mapping?@37:[]core.NodeAllocatableMappedResources overhead?@37:[]core.NodeAllocatableOverheadResources resources@-36:{}quantity
core.NodeCondition type:core.NodeConditionType status:core.ConditionStatus lastHeartbeatTime?:time lastTransitionTime?:time reason?:string message?:string
core.NodeConditionType = string
core.NodeConfigSource configMap:core.ConfigMapNodeConfigSource
core.NodeConfigStatus assigned:core.NodeConfigSource active:core.NodeConfigSource lastKnownGood:core.NodeConfigSource error?:string
core.NodeDaemonEndpoints kubeletEndpoint?:core.DaemonEndpoint
core.NodeFeatures supplementalGroupsPolicy:bool
core.NodeInclusionPolicy = string
core.NodePhase = string
core.NodePodPreemptionPolicy disableResizePreemption?:[]string
core.NodeRuntimeHandler name:string features:core.NodeRuntimeHandlerFeatures
core.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:bool userNamespaces@31:bool
core.NodeSelector nodeSelectorTerms:[]core.NodeSelectorTerm
core.NodeSelectorOperator = string
core.NodeSelectorRequirement key:string operator:core.NodeSelectorOperator values?:[]string
core.NodeSelectorTerm matchExpressions?:[]core.NodeSelectorRequirement matchFields?:[]core.NodeSelectorRequirement
core.NodeSpec podCIDR?:string podCIDRs?:[]string providerID?:string unschedulable?:bool taints?:[]core.Taint configSource:core.NodeConfigSource externalID?:string podPreemptionPolicy@37:core.NodePodPreemptionPolicy
core.NodeStatus capacity?:core.ResourceList allocatable?:core.ResourceList phase?:core.NodePhase conditions?:[]core.NodeCondition addresses?:[]core.NodeAddress daemonEndpoints?:core.NodeDaemonEndpoints nodeInfo?:core.NodeSystemInfo images?:[]core.ContainerImage volumesInUse?:[]core.UniqueVolumeName volumesAttached?:[]core.AttachedVolume config:core.NodeConfigStatus runtimeHandlers?@30:[]core.NodeRuntimeHandler features@31:core.NodeFeatures declaredFeatures?@35:[]string
core.NodeSwapStatus capacity:int64
core.NodeSystemInfo machineID:string systemUUID:string bootID:string kernelVersion:string osImage:string containerRuntimeVersion:string kubeletVersion:string kubeProxyVersion:string operatingSystem:string architecture:string swap@33:core.NodeSwapStatus runningInUserNamespace@37:bool
core.OSName = string
core.ObjectFieldSelector apiVersion?:string fieldPath:string
core.ObjectReference kind?:string namespace?:string name?:string uid?:uid apiVersion?:string resourceVersion?:string fieldPath?:string
core.PersistentVolumeAccessMode = string
core.PersistentVolumeClaim TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.PersistentVolumeClaimSpec status?:core.PersistentVolumeClaimStatus
core.PersistentVolumeClaimCondition type:core.PersistentVolumeClaimConditionType status:core.ConditionStatus lastProbeTime?:time lastTransitionTime?:time reason?:string message?:string
core.PersistentVolumeClaimConditionType = string
core.PersistentVolumeClaimModifyVolumeStatus = string
core.PersistentVolumeClaimPhase = string
core.PersistentVolumeClaimSpec accessModes?:[]core.PersistentVolumeAccessMode selector:meta.LabelSelector resources?:core.VolumeResourceRequirements volumeName?:string storageClassName:string volumeMode:core.PersistentVolumeMode dataSource:core.TypedLocalObjectReference dataSourceRef:core.TypedObjectReference volumeAttributesClassName:string
core.PersistentVolumeClaimStatus phase?:core.PersistentVolumeClaimPhase accessModes?:[]core.PersistentVolumeAccessMode capacity?:core.ResourceList conditions?:[]core.PersistentVolumeClaimCondition allocatedResources?:core.ResourceList allocatedResourceStatuses?:{}core.ClaimResourceStatus currentVolumeAttributesClassName:string modifyVolumeStatus:core.ModifyVolumeStatus healthStatus@37:core.VolumeHealthStatus
core.PersistentVolumeClaimTemplate metadata?:meta.ObjectMeta spec:core.PersistentVolumeClaimSpec
core.PersistentVolumeClaimVolumeSource claimName:string readOnly?:bool
core.PersistentVolumeMode = string
core.PhotonPersistentDiskVolumeSource pdID:string fsType?:string
core.Pod TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.PodSpec status?:core.PodStatus
core.PodAffinity requiredDuringSchedulingIgnoredDuringExecution?:[]core.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution?:[]core.WeightedPodAffinityTerm
core.PodAffinityTerm labelSelector:meta.LabelSelector namespaces?:[]string topologyKey:string namespaceSelector:meta.LabelSelector matchLabelKeys?:[]string mismatchLabelKeys?:[]string
core.PodAntiAffinity requiredDuringSchedulingIgnoredDuringExecution?:[]core.PodAffinityTerm preferredDuringSchedulingIgnoredDuringExecution?:[]core.WeightedPodAffinityTerm
core.PodCertificateProjection signerName?:string keyType?:string maxExpirationSeconds:int32 credentialBundlePath?:string keyPath?:string certificateChainPath?:string userAnnotations?@35:{}string user@37:int64
core.PodCondition type:core.PodConditionType observedGeneration?@33:int64 status:core.ConditionStatus lastProbeTime?:time lastTransitionTime?:time reason?:string message?:string
core.PodConditionType = string
core.PodDNSConfig nameservers?:[]string searches?:[]string options?:[]core.PodDNSConfigOption
core.PodDNSConfigOption name?:string value:string
core.PodExtendedResourceClaimStatus requestMappings:[]core.ContainerExtendedResourceRequest resourceClaimName:string
core.PodFSGroupChangePolicy = string
core.PodIP ip:string
core.PodOS name:core.OSName
core.PodPhase = string
core.PodQOSClass = string
core.PodReadinessGate conditionType:core.PodConditionType
core.PodResizeStatus = string
core.PodResourceClaim name:string resourceClaimName@31:string resourceClaimTemplateName@31:string source?@-30:core.ClaimSource
core.PodResourceClaimStatus name:string resourceClaimName:string
core.PodSELinuxChangePolicy = string
core.PodSchedulingGate name:string
core.PodSchedulingGroup podGroupName:string
core.PodSecurityContext seLinuxOptions:core.SELinuxOptions windowsOptions:core.WindowsSecurityContextOptions runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool supplementalGroups?:[]int64 supplementalGroupsPolicy@31:core.SupplementalGroupsPolicy fsGroup:int64 sysctls?:[]core.Sysctl fsGroupChangePolicy:core.PodFSGroupChangePolicy seccompProfile:core.SeccompProfile appArmorProfile@30:core.AppArmorProfile seLinuxChangePolicy@32:core.PodSELinuxChangePolicy
core.PodSpec volumes?:[]core.Volume initContainers?:[]core.Container containers:[]core.Container ephemeralContainers?:[]core.EphemeralContainer restartPolicy?:core.RestartPolicy terminationGracePeriodSeconds:int64 activeDeadlineSeconds:int64 dnsPolicy?:core.DNSPolicy nodeSelector?:{}string serviceAccountName?:string serviceAccount?:string automountServiceAccountToken:bool nodeName?:string hostNetwork?:bool hostPID?:bool hostIPC?:bool shareProcessNamespace:bool securityContext:core.PodSecurityContext imagePullSecrets?:[]core.LocalObjectReference hostname?:string subdomain?:string affinity:core.Affinity schedulerName?:string tolerations?:[]core.Toleration hostAliases?:[]core.HostAlias priorityClassName?:string priority:int32 dnsConfig:core.PodDNSConfig readinessGates?:[]core.PodReadinessGate runtimeClassName:string enableServiceLinks:bool preemptionPolicy:core.PreemptionPolicy overhead?:core.ResourceList topologySpreadConstraints?:[]core.TopologySpreadConstraint setHostnameAsFQDN:bool os:core.PodOS hostUsers:bool schedulingGates?:[]core.PodSchedulingGate resourceClaims?:[]core.PodResourceClaim resources@32:core.ResourceRequirements hostnameOverride@34:string schedulingGroup@36:core.PodSchedulingGroup evictionResponders?@37:[]core.EvictionResponder workloadRef@35-35:core.WorkloadReference
core.PodStatus observedGeneration?@33:int64 phase?:core.PodPhase conditions?:[]core.PodCondition message?:string reason?:string nominatedNodeName?:string hostIP?:string hostIPs?:[]core.HostIP podIP?:string podIPs?:[]core.PodIP startTime:time initContainerStatuses?:[]core.ContainerStatus containerStatuses?:[]core.ContainerStatus qosClass?:core.PodQOSClass ephemeralContainerStatuses?:[]core.ContainerStatus resize?:core.PodResizeStatus resourceClaimStatuses?:[]core.PodResourceClaimStatus extendedResourceClaimStatus@34:core.PodExtendedResourceClaimStatus allocatedResources?@35:core.ResourceList resources@35:core.ResourceRequirements nodeAllocatableResourceClaimStatuses?@36:[]core.NodeAllocatableResourceClaimStatus volumeHealth?@37:[]core.PodVolumeHealth
core.PodTemplateSpec metadata?:meta.ObjectMeta spec?:core.PodSpec
core.PodVolumeHealth name:string healthConditions?:[]core.VolumeHealthCondition lastTransitionTime?:time
core.PortStatus port:int32 protocol:core.Protocol error:string
core.PortworxVolumeSource volumeID:string fsType?:string readOnly?:bool
core.PreemptionPolicy = string
core.PreferredSchedulingTerm weight:int32 preference:core.NodeSelectorTerm
core.Probe ProbeHandler>exec:core.ExecAction ProbeHandler>httpGet:core.HTTPGetAction ProbeHandler>tcpSocket:core.TCPSocketAction ProbeHandler>grpc:core.GRPCAction initialDelaySeconds?:int32 timeoutSeconds?:int32 periodSeconds?:int32 successThreshold?:int32 failureThreshold?:int32 terminationGracePeriodSeconds:int64
core.ProcMountType = string
core.ProjectedVolumeSource sources:[]core.VolumeProjection defaultMode:int32 defaultUser@37:int64
core.Protocol = string
core.PullPolicy = string
core.QuobyteVolumeSource registry:string volume:string readOnly?:bool user?:string group?:string tenant?:string
core.RBDVolumeSource monitors:[]string image:string fsType?:string pool?:string user?:string keyring?:string secretRef:core.LocalObjectReference readOnly?:bool
core.RecursiveReadOnlyMode = string
core.ReplicationController TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.ReplicationControllerSpec status?:core.ReplicationControllerStatus
core.ReplicationControllerCondition type:core.ReplicationControllerConditionType status:core.ConditionStatus lastTransitionTime?:time reason?:string message?:string
core.ReplicationControllerConditionType = string
core.ReplicationControllerSpec replicas:int32 minReadySeconds?:int32 selector?:{}string template:core.PodTemplateSpec
core.ReplicationControllerStatus replicas:int32 fullyLabeledReplicas?:int32 readyReplicas?:int32 availableReplicas?:int32 observedGeneration?:int64 conditions?:[]core.ReplicationControllerCondition
core.ResourceClaim name:string request?@31:string
core.ResourceFieldSelector containerName?:string resource:string divisor?:quantity
core.ResourceHealth resourceID:core.ResourceID health?:core.ResourceHealthStatus message@36:string
core.ResourceHealthStatus = string
core.ResourceID = string
core.ResourceList = {}quantity
core.ResourceName = string
core.ResourceRequirements limits?:core.ResourceList requests?:core.ResourceList claims?:[]core.ResourceClaim
core.ResourceResizeRestartPolicy = string
core.ResourceStatus name:core.ResourceName resources?:[]core.ResourceHealth
core.RestartPolicy = string
core.SELinuxOptions user?:string role?:string type?:string level?:string
core.ScaleIOVolumeSource gateway:string system:string secretRef:core.LocalObjectReference sslEnabled?:bool protectionDomain?:string storagePool?:string storageMode?:string volumeName?:string fsType?:string readOnly?:bool
core.SeccompProfile type:core.SeccompProfileType localhostProfile:string
core.SeccompProfileType = string
core.SecretEnvSource LocalObjectReference>name?:string optional:bool
core.SecretKeySelector LocalObjectReference>name?:string key:string optional:bool
core.SecretProjection LocalObjectReference>name?:string items?:[]core.KeyToPath optional:bool
core.SecretVolumeSource secretName?:string items?:[]core.KeyToPath defaultMode:int32 optional:bool defaultUser@37:int64
core.SecurityContext capabilities:core.Capabilities privileged:bool seLinuxOptions:core.SELinuxOptions windowsOptions:core.WindowsSecurityContextOptions runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount:core.ProcMountType seccompProfile:core.SeccompProfile appArmorProfile@30:core.AppArmorProfile
core.Service TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:core.ServiceSpec status?:core.ServiceStatus
core.ServiceAccountTokenProjection audience?:string expirationSeconds:int64 path:string user@37:int64
core.ServiceAffinity = string
core.ServiceExternalTrafficPolicy = string
core.ServiceInternalTrafficPolicy = string
core.ServicePort name?:string protocol?:core.Protocol appProtocol:string port:int32 targetPort?:intorstring nodePort?:int32
core.ServiceSpec ports?:[]core.ServicePort selector?:{}string clusterIP?:string clusterIPs?:[]string type?:core.ServiceType externalIPs?:[]string sessionAffinity?:core.ServiceAffinity loadBalancerIP?:string loadBalancerSourceRanges?:[]string externalName?:string externalTrafficPolicy?:core.ServiceExternalTrafficPolicy healthCheckNodePort?:int32 publishNotReadyAddresses?:bool sessionAffinityConfig:core.SessionAffinityConfig ipFamilies?:[]core.IPFamily ipFamilyPolicy:core.IPFamilyPolicy allocateLoadBalancerNodePorts:bool loadBalancerClass:string internalTrafficPolicy:core.ServiceInternalTrafficPolicy trafficDistribution@30:string
core.ServiceStatus loadBalancer?:core.LoadBalancerStatus conditions?:[]meta.Condition
core.ServiceType = string
core.SessionAffinityConfig clientIP:core.ClientIPConfig
core.Signal = string
core.SleepAction seconds:int64
core.StorageMedium = string
core.StorageOSVolumeSource volumeName?:string volumeNamespace?:string fsType?:string readOnly?:bool secretRef:core.LocalObjectReference
core.SupplementalGroupsPolicy = string
core.Sysctl name:string value:string
core.TCPSocketAction port:intorstring host?:string
core.Taint key:string value?:string effect:core.TaintEffect timeAdded:time
core.TaintEffect = string
core.TerminationMessagePolicy = string
core.Toleration key?:string operator?:core.TolerationOperator value?:string effect?:core.TaintEffect tolerationSeconds:int64
core.TolerationOperator = string
core.TopologySpreadConstraint maxSkew:int32 topologyKey:string whenUnsatisfiable:core.UnsatisfiableConstraintAction labelSelector:meta.LabelSelector minDomains:int32 nodeAffinityPolicy:core.NodeInclusionPolicy nodeTaintsPolicy:core.NodeInclusionPolicy matchLabelKeys?:[]string
core.TypedLocalObjectReference apiGroup:string kind:string name:string
core.TypedObjectReference apiGroup:string kind:string name:string namespace:string
core.URIScheme = string
core.UniqueVolumeName = string
core.UnsatisfiableConstraintAction = string
core.Volume name:string VolumeSource>hostPath:core.HostPathVolumeSource VolumeSource>emptyDir:core.EmptyDirVolumeSource VolumeSource>gcePersistentDisk:core.GCEPersistentDiskVolumeSource VolumeSource>awsElasticBlockStore:core.AWSElasticBlockStoreVolumeSource VolumeSource>gitRepo:core.GitRepoVolumeSource VolumeSource>secret:core.SecretVolumeSource VolumeSource>nfs:core.NFSVolumeSource VolumeSource>iscsi:core.ISCSIVolumeSource VolumeSource>glusterfs:core.GlusterfsVolumeSource VolumeSource>persistentVolumeClaim:core.PersistentVolumeClaimVolumeSource VolumeSource>rbd:core.RBDVolumeSource VolumeSource>flexVolume:core.FlexVolumeSource VolumeSource>cinder:core.CinderVolumeSource VolumeSource>cephfs:core.CephFSVolumeSource VolumeSource>flocker:core.FlockerVolumeSource VolumeSource>downwardAPI:core.DownwardAPIVolumeSource VolumeSource>fc:core.FCVolumeSource VolumeSource>azureFile:core.AzureFileVolumeSource VolumeSource>configMap:core.ConfigMapVolumeSource VolumeSource>vsphereVolume:core.VsphereVirtualDiskVolumeSource VolumeSource>quobyte:core.QuobyteVolumeSource VolumeSource>azureDisk:core.AzureDiskVolumeSource VolumeSource>photonPersistentDisk:core.PhotonPersistentDiskVolumeSource VolumeSource>projected:core.ProjectedVolumeSource VolumeSource>portworxVolume:core.PortworxVolumeSource VolumeSource>scaleIO:core.ScaleIOVolumeSource VolumeSource>storageos:core.StorageOSVolumeSource VolumeSource>csi:core.CSIVolumeSource VolumeSource>ephemeral:core.EphemeralVolumeSource VolumeSource>image@31:core.ImageVolumeSource
core.VolumeDevice name:string devicePath:string
core.VolumeHealthCondition status:core.VolumeHealthStatusType reason:string message?:string
core.VolumeHealthStatus healthConditions?:[]core.VolumeHealthCondition lastTransitionTime?:time
core.VolumeHealthStatusType = string
core.VolumeMount name:string readOnly?:bool recursiveReadOnly@30:core.RecursiveReadOnlyMode mountPath:string subPath?:string mountPropagation:core.MountPropagationMode subPathExpr?:string bindMountOptions?@37:[]string
core.VolumeMountStatus name:string mountPath:string readOnly?:bool recursiveReadOnly:core.RecursiveReadOnlyMode volumeStatus@36:core.VolumeStatus
core.VolumeProjection secret:core.SecretProjection downwardAPI:core.DownwardAPIProjection configMap:core.ConfigMapProjection serviceAccountToken:core.ServiceAccountTokenProjection clusterTrustBundle:core.ClusterTrustBundleProjection podCertificate@34:core.PodCertificateProjection
core.VolumeResourceRequirements limits?:core.ResourceList requests?:core.ResourceList
core.VolumeStatus image:core.ImageVolumeStatus
core.VsphereVirtualDiskVolumeSource volumePath:string fsType?:string storagePolicyName?:string storagePolicyID?:string
core.WeightedPodAffinityTerm weight:int32 podAffinityTerm:core.PodAffinityTerm
core.WindowsSecurityContextOptions gmsaCredentialSpecName:string gmsaCredentialSpec:string runAsUserName:string hostProcess:bool
core.WorkloadReference 
discovery.AddressType = string
discovery.Endpoint addresses:[]string conditions?:discovery.EndpointConditions hostname:string targetRef:core.ObjectReference deprecatedTopology?:{}string nodeName:string zone:string hints:discovery.EndpointHints
discovery.EndpointConditions ready:bool serving:bool terminating:bool
discovery.EndpointHints forZones?:[]discovery.ForZone forNodes?@33:[]discovery.ForNode
discovery.EndpointPort name:string protocol:core.Protocol port:int32 appProtocol:string
discovery.EndpointSlice TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta addressType:discovery.AddressType endpoints:[]discovery.Endpoint ports:[]discovery.EndpointPort
discovery.ForNode name:string
discovery.ForZone name:string
meta.Condition type:string status:meta.ConditionStatus observedGeneration?:int64 lastTransitionTime:time reason:string message:string
meta.ConditionStatus = string
meta.LabelSelector matchLabels?:{}string matchExpressions?:[]meta.LabelSelectorRequirement
meta.LabelSelectorOperator = string
meta.LabelSelectorRequirement key:string operator:meta.LabelSelectorOperator values?:[]string
meta.ManagedFieldsEntry manager?:string operation?:meta.ManagedFieldsOperationType apiVersion?:string time:time fieldsType?:string fieldsV1:any subresource?:string
meta.ManagedFieldsOperationType = string
meta.ObjectMeta name?:string generateName?:string namespace?:string selfLink?:string uid?:uid resourceVersion?:string generation?:int64 creationTimestamp?:time deletionTimestamp:time deletionGracePeriodSeconds:int64 labels?:{}string annotations?:{}string ownerReferences?:[]meta.OwnerReference finalizers?:[]string managedFields?:[]meta.ManagedFieldsEntry
meta.OwnerReference apiVersion:string kind:string name:string uid:uid controller:bool blockOwnerDeletion:bool
networking.HTTPIngressPath path?:string pathType:networking.PathType backend:networking.IngressBackend
networking.HTTPIngressRuleValue paths:[]networking.HTTPIngressPath
networking.IPBlock cidr:string except?:[]string
networking.Ingress TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:networking.IngressSpec status?:networking.IngressStatus
networking.IngressBackend service:networking.IngressServiceBackend resource:core.TypedLocalObjectReference
networking.IngressClass TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:networking.IngressClassSpec
networking.IngressClassParametersReference apiGroup:string kind:string name:string scope:string namespace:string
networking.IngressClassSpec controller?:string parameters:networking.IngressClassParametersReference
networking.IngressLoadBalancerIngress ip?:string hostname?:string ports?:[]networking.IngressPortStatus
networking.IngressLoadBalancerStatus ingress?:[]networking.IngressLoadBalancerIngress
networking.IngressPortStatus port:int32 protocol:core.Protocol error:string
networking.IngressRule host?:string IngressRuleValue>http:networking.HTTPIngressRuleValue
networking.IngressServiceBackend name:string port?:networking.ServiceBackendPort
networking.IngressSpec ingressClassName:string defaultBackend:networking.IngressBackend tls?:[]networking.IngressTLS rules?:[]networking.IngressRule
networking.IngressStatus loadBalancer?:networking.IngressLoadBalancerStatus
networking.IngressTLS hosts?:[]string secretName?:string
networking.NetworkPolicy TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:networking.NetworkPolicySpec
networking.NetworkPolicyEgressRule ports?:[]networking.NetworkPolicyPort to?:[]networking.NetworkPolicyPeer
networking.NetworkPolicyIngressRule ports?:[]networking.NetworkPolicyPort from?:[]networking.NetworkPolicyPeer
networking.NetworkPolicyPeer podSelector:meta.LabelSelector namespaceSelector:meta.LabelSelector ipBlock:networking.IPBlock
networking.NetworkPolicyPort protocol:core.Protocol port:intorstring endPort:int32
networking.NetworkPolicySpec podSelector:meta.LabelSelector ingress?:[]networking.NetworkPolicyIngressRule egress?:[]networking.NetworkPolicyEgressRule policyTypes?:[]networking.PolicyType
networking.PathType = string
networking.PolicyType = string
networking.ServiceBackendPort name?:string number?:int32
networking.ServiceCIDR TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:networking.ServiceCIDRSpec status?:networking.ServiceCIDRStatus
networking.ServiceCIDRSpec cidrs?:[]string
networking.ServiceCIDRStatus conditions?:[]meta.Condition
policy.PodDisruptionBudget TypeMeta>kind?:string TypeMeta>apiVersion?:string metadata?:meta.ObjectMeta spec?:policy.PodDisruptionBudgetSpec status?:policy.PodDisruptionBudgetStatus
policy.PodDisruptionBudgetSpec minAvailable:intorstring selector:meta.LabelSelector maxUnavailable:intorstring unhealthyPodEvictionPolicy:policy.UnhealthyPodEvictionPolicyType
policy.PodDisruptionBudgetStatus observedGeneration?:int64 disruptedPods?:{}time disruptionsAllowed:int32 currentHealthy:int32 desiredHealthy:int32 expectedPods:int32 conditions?:[]meta.Condition
policy.UnhealthyPodEvictionPolicyType = string
scheduling.TopologyConstraint key:string
scheduling.WorkloadPodGroupAllDisruptionMode 
scheduling.WorkloadPodGroupBasicSchedulingPolicy 
scheduling.WorkloadPodGroupDisruptionMode single:scheduling.WorkloadPodGroupSingleDisruptionMode all:scheduling.WorkloadPodGroupAllDisruptionMode
scheduling.WorkloadPodGroupGangSchedulingPolicy minCount:int32
scheduling.WorkloadPodGroupResourceClaim name:string resourceClaimName:string resourceClaimTemplateName:string
scheduling.WorkloadPodGroupSchedulingConstraints topology?:[]scheduling.TopologyConstraint
scheduling.WorkloadPodGroupSchedulingPolicy basic:scheduling.WorkloadPodGroupBasicSchedulingPolicy gang:scheduling.WorkloadPodGroupGangSchedulingPolicy
scheduling.WorkloadPodGroupSingleDisruptionMode 
`;
