package io.longshore.web.grpc;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import io.longshore.inference.WireSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The gRPC endpoint: one port, event loops and call threads, all its own and all ended by {@link #close}. gRPC's shared
 * loops would outlive the application, and keep its classes. Thread-safe.
 */
final class GrpcServer implements AutoCloseable {
    /** Threads for calls. Each may run a model where an instance is idle; further calls wait for a thread. */
    private static final int CALL_THREADS = 64;

    private static final int IDLE_SECONDS = 60;

    /** As many as Liberty is told to take on a connection of HTTP/2. */
    private static final int CALLS_PER_CONNECTION = 1000;

    /** For the loops to end, after the calls have. */
    private static final Duration LOOPS_TIMEOUT = Duration.ofSeconds(1);

    private final Server server;
    private final Resources resources;
    private final Duration drainTimeout;

    private GrpcServer(Server server, Resources resources, Duration drainTimeout) {
        this.server = server;
        this.resources = resources;
        this.drainTimeout = drainTimeout;
    }

    /**
     * Listens.
     *
     * @param threads makes the threads that calls run on
     * @throws IOException if the address cannot be listened on; nothing is left behind
     */
    static GrpcServer start(WireSettings.Grpc settings, List<ServerServiceDefinition> services, ThreadFactory threads)
            throws IOException {
        Resources resources = new Resources(threads);
        try {
            Server server = builder(settings, resources).addServices(services).build();
            return new GrpcServer(server.start(), resources, settings.drainTimeout());
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    /** Keepalive: tritonserver's defaults. A message may be as large as gRPC can say. */
    private static NettyServerBuilder builder(WireSettings.Grpc settings, Resources resources) {
        return NettyServerBuilder.forAddress(address(settings))
                .bossEventLoopGroup(resources.acceptor)
                .workerEventLoopGroup(resources.loops)
                .channelType(NioServerSocketChannel.class)
                .executor(resources.calls)
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .keepAliveTime(7_200_000, TimeUnit.MILLISECONDS)
                .keepAliveTimeout(20_000, TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(300_000, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(false);
    }

    private static InetSocketAddress address(WireSettings.Grpc settings) {
        return settings.address().equals("*")
                ? new InetSocketAddress(settings.port())
                : new InetSocketAddress(settings.address(), settings.port());
    }

    /** The port that it listens on. */
    int port() {
        return server.getPort();
    }

    /**
     * Takes no new calls, lets those under way end within the drain timeout, cancels the others, and ends all threads.
     * An interrupt shortens the wait and is kept.
     */
    @Override
    public void close() {
        server.shutdown();
        if (!ends(drainTimeout)) {
            server.shutdownNow();
            ends(LOOPS_TIMEOUT);
        }
        resources.close();
    }

    private boolean ends(Duration patience) {
        try {
            return server.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The threads. */
    private static final class Resources {
        final EventLoopGroup acceptor = loops("longshore-grpc-accept", 1);
        final EventLoopGroup loops =
                loops("longshore-grpc", Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
        final ThreadPoolExecutor calls;

        Resources(ThreadFactory threads) {
            calls = new ThreadPoolExecutor(
                    CALL_THREADS, CALL_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
            calls.allowCoreThreadTimeOut(true);
        }

        private static EventLoopGroup loops(String name, int threads) {
            return new MultiThreadIoEventLoopGroup(
                    threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
        }

        /** The loops first: the last thing they do is to tell calls that they have ended, on the calls' threads. */
        void close() {
            Future<?> noMoreConnections = ended(acceptor);
            Future<?> noMoreBytes = ended(loops);
            noMoreConnections.awaitUninterruptibly(2 * LOOPS_TIMEOUT.toMillis());
            noMoreBytes.awaitUninterruptibly(2 * LOOPS_TIMEOUT.toMillis());
            calls.shutdown();
        }

        private static Future<?> ended(EventLoopGroup group) {
            return group.shutdownGracefully(0, LOOPS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
