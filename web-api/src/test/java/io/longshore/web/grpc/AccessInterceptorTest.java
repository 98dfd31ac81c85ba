package io.longshore.web.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Descriptors.MethodDescriptor;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.longshore.inference.AccessRules;
import io.longshore.inference.ApiCategory;
import io.longshore.inference.RequiredHeader;
import io.longshore.protocol.grpc.proto.ServerLiveRequest;
import io.longshore.protocol.grpc.proto.ServerLiveResponse;
import io.longshore.protocol.grpc.proto.ServerMetadataRequest;
import io.longshore.protocol.grpc.proto.ServerMetadataResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessInterceptorTest {
    private static final String HEADER = "triton-grpc-protocol-Admin-Key";
    private static final RequiredHeader NEEDED = new RequiredHeader(HEADER, "s3cret");
    private static final AccessRules RULES =
            new AccessRules(Map.of(ApiCategory.HEALTH, NEEDED, ApiCategory.INFERENCE, NEEDED));

    private GrpcWire wire;

    @BeforeEach
    void start() throws IOException {
        wire = GrpcWire.guarded(new FewModels(), RULES);
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    @Test
    void callWithoutTheHeader_isRefusedInTritonsWords() {
        Status status = failure(() -> live(wire.channel));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).isEqualTo("This protocol is restricted, expecting header '" + HEADER + "'");
    }

    @Test
    void callWithAnotherValue_isRefusedWithoutTellingTheRightOne() {
        Status status = failure(() -> live(with("s3crets")));

        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).doesNotContain("s3cret");
    }

    @Test
    void callWithTheHeader_isServed() {
        assertThat(live(with("s3cret")).getLive()).isTrue();
    }

    @Test
    void inferenceAndHealthService_areRefusedToo() {
        assertThat(failure(() -> wire.infer(GrpcWire.request(4))).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(failure(() ->
                                HealthGrpc.newBlockingStub(wire.channel).check(HealthCheckRequest.getDefaultInstance()))
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void otherKindsOfCalls_areServedToEverybody() {
        ServerMetadataResponse answer = ClientCalls.blockingUnaryCall(
                wire.channel,
                GrpcWire.method(
                        "ServerMetadata",
                        ServerMetadataRequest.getDefaultInstance(),
                        ServerMetadataResponse.getDefaultInstance()),
                CallOptions.DEFAULT,
                ServerMetadataRequest.getDefaultInstance());

        assertThat(answer.getName()).isEqualTo("desk");
    }

    @Test
    void withoutRules_servicesStayAsTheyAre() {
        List<ServerServiceDefinition> services =
                List.of(GrpcWire.health(new FewModels()).bindService());

        assertThat(AccessInterceptor.guard(AccessRules.NONE, services)).isSameAs(services);
    }

    @Test
    void everyMethodButTwo_hasACategoryOfItsOwn() {
        assertThat(V2Service.DESCRIPTION.getMethods().stream()
                        .filter(method -> category(method) == ApiCategory.METADATA)
                        .map(MethodDescriptor::getName))
                .containsExactlyInAnyOrder("ServerMetadata", "ModelMetadata");
    }

    private static ApiCategory category(MethodDescriptor method) {
        return AccessInterceptor.category(V2Service.DESCRIPTION.getFullName() + "/" + method.getName());
    }

    private Channel with(String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("triton-grpc-protocol-admin-key", Metadata.ASCII_STRING_MARSHALLER), value);
        return ClientInterceptors.intercept(wire.channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static ServerLiveResponse live(Channel channel) {
        return ClientCalls.blockingUnaryCall(
                channel,
                GrpcWire.method(
                        "ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.getDefaultInstance()),
                CallOptions.DEFAULT,
                ServerLiveRequest.getDefaultInstance());
    }

    private static Status failure(Runnable call) {
        return assertThrows(StatusRuntimeException.class, call::run).getStatus();
    }
}
