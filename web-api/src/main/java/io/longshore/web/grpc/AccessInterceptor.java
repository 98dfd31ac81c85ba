package io.longshore.web.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthGrpc;
import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.RequiredHeader;
import java.util.List;
import java.util.Locale;

/** Refuses calls without the header that their kind needs, before a message of them is read. Thread-safe. */
final class AccessInterceptor implements ServerInterceptor {
    private final AccessRules rules;

    private AccessInterceptor(AccessRules rules) {
        this.rules = rules;
    }

    /** The services behind the rules; as they are where there are none. */
    static List<ServerServiceDefinition> guard(AccessRules rules, List<ServerServiceDefinition> services) {
        if (rules.isEmpty()) {
            return services;
        }
        AccessInterceptor interceptor = new AccessInterceptor(rules);
        return services.stream()
                .map(service -> ServerInterceptors.intercept(service, interceptor))
                .toList();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        RequiredHeader needed = rules.of(category(call.getMethodDescriptor().getFullMethodName()));
        if (needed == null || needed.accepts(headers.get(key(needed)))) {
            return next.startCall(call, headers);
        }
        call.close(GrpcStatus.restricted(needed.name()), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /** Header names have no capital letters on this wire. */
    private static Metadata.Key<String> key(RequiredHeader header) {
        return Metadata.Key.of(header.name().toLowerCase(Locale.ROOT), Metadata.ASCII_STRING_MARSHALLER);
    }

    /**
     * The category of a method. Reflection is metadata; so would be a method that is new here.
     *
     * @param method as gRPC calls it, {@code service/method}
     */
    static ApiCategory category(String method) {
        if (method.startsWith(HealthGrpc.SERVICE_NAME + "/")) {
            return ApiCategory.HEALTH;
        }
        String prefix = V2Service.DESCRIPTION.getFullName() + "/";
        return method.startsWith(prefix) ? ofV2(method.substring(prefix.length())) : ApiCategory.METADATA;
    }

    private static ApiCategory ofV2(String method) {
        return switch (method) {
            case "ServerLive", "ServerReady", "ModelReady" -> ApiCategory.HEALTH;
            case "ModelInfer", "ModelStreamInfer" -> ApiCategory.INFERENCE;
            case "ModelConfig" -> ApiCategory.MODEL_CONFIG;
            case "ModelStatistics" -> ApiCategory.STATISTICS;
            case "RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload" -> ApiCategory.MODEL_REPOSITORY;
            case "SystemSharedMemoryStatus",
                    "SystemSharedMemoryRegister",
                    "SystemSharedMemoryUnregister",
                    "CudaSharedMemoryStatus",
                    "CudaSharedMemoryRegister",
                    "CudaSharedMemoryUnregister" -> ApiCategory.SHARED_MEMORY;
            case "TraceSetting" -> ApiCategory.TRACE;
            case "LogSettings" -> ApiCategory.LOGGING;
            default -> ApiCategory.METADATA;
        };
    }
}
