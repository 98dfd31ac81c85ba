package io.longshore.web.grpc;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import io.grpc.netty.shaded.io.netty.util.concurrent.ScheduledFuture;
import io.longshore.inference.GrpcTransport;
import io.longshore.inference.WireSettings;
import io.longshore.protocol.tls.TlsFileException;
import io.longshore.tensor.MemoryBudget;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC endpoint: one port, event loops and call threads, all its own and all ended by {@link #close}. gRPC's shared
 * loops would outlive the application, and keep its classes. Thread-safe.
 */
final class GrpcServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(GrpcServer.class.getName());

    /** Threads for calls. Each may run a model where an instance is idle; further calls wait for a thread. */
    private static final int CALL_THREADS = 64;

    private static final int IDLE_SECONDS = 60;

    /** As many as Liberty is told to take on a connection of HTTP/2. */
    private static final int CALLS_PER_CONNECTION = 1000;

    /** How soon certificates that were replaced on disk are served. */
    private static final Duration TLS_REFRESH = Duration.ofSeconds(30);

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
     * @param budget counts messages on their way in
     * @param threads makes the threads that calls run on
     * @throws IOException if the address cannot be listened on; nothing is left behind
     * @throws TlsFileException if the files of TLS cannot be used
     */
    static GrpcServer start(
            WireSettings.Grpc settings,
            List<ServerServiceDefinition> services,
            MemoryBudget budget,
            ThreadFactory threads)
            throws IOException, TlsFileException {
        @Nullable
        ServerTls tls = settings.transport().tls().isEmpty()
                ? null
                : ServerTls.load(settings.transport().tls().get());
        Resources resources = new Resources(threads);
        try {
            NettyServerBuilder builder = builder(settings, resources);
            if (tls != null) {
                builder.sslContext(tls.context());
                resources.repeat(tls::refresh, TLS_REFRESH);
            }
            Server server = builder.addServices(services)
                    .addStreamTracerFactory(InboundMemory.factory(budget))
                    .build();
            return new GrpcServer(server.start(), resources, settings.drainTimeout());
        } catch (IOException | RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    /** A message may be as large as gRPC can say. */
    private static NettyServerBuilder builder(WireSettings.Grpc settings, Resources resources) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address(settings))
                .bossEventLoopGroup(resources.acceptor)
                .workerEventLoopGroup(resources.loops)
                .channelType(NioServerSocketChannel.class)
                .executor(CallThreads.OF_LOOKUP)
                .callExecutor(new CallThreads(V2Service.INFERENCE, resources.calls))
                .maxInboundMessageSize(Integer.MAX_VALUE)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .decompressorRegistry(DecompressorRegistry.getDefaultInstance().with(new DeflateDecompressor(), true))
                .compressorRegistry(
                        InferCompression.registry(settings.transport().compression()));
        keepalive(settings.transport().keepalive(), builder);
        settings.transport().age().most().ifPresent(age -> builder.maxConnectionAge(age.toMillis(), MILLISECONDS));
        settings.transport()
                .age()
                .grace()
                .ifPresent(grace -> builder.maxConnectionAgeGrace(grace.toMillis(), MILLISECONDS));
        return builder;
    }

    private static void keepalive(GrpcTransport.Keepalive settings, NettyServerBuilder builder) {
        builder.keepAliveTime(settings.time().toMillis(), MILLISECONDS)
                .keepAliveTimeout(settings.timeout().toMillis(), MILLISECONDS)
                .permitKeepAliveTime(settings.minClientInterval().toMillis(), MILLISECONDS)
                .permitKeepAliveWithoutCalls(settings.permitWithoutCalls());
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
            return server.awaitTermination(patience.toMillis(), MILLISECONDS);
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

        /** On the calls' threads, since a loop must not wait for a disk; ends with the loops. */
        void repeat(Runnable action, Duration pause) {
            ScheduledFuture<?> unused = loops.scheduleWithFixedDelay(
                    () -> calls.execute(action), pause.toMillis(), pause.toMillis(), MILLISECONDS);
        }

        private static EventLoopGroup loops(String name, int threads) {
            return new MultiThreadIoEventLoopGroup(threads, LoopThread.factory(name), NioIoHandler.newFactory());
        }

        /** The loops first: the last thing they do is to tell calls that they have ended, on the calls' threads. */
        void close() {
            Future<?> noMoreConnections = ended(acceptor);
            Future<?> noMoreBytes = ended(loops);
            noMoreConnections.awaitUninterruptibly(2 * LOOPS_TIMEOUT.toMillis());
            noMoreBytes.awaitUninterruptibly(2 * LOOPS_TIMEOUT.toMillis());
            calls.shutdown();
            ended(calls);
        }

        /** What the calls hold is given back on their threads. */
        private static void ended(ThreadPoolExecutor calls) {
            try {
                if (!calls.awaitTermination(LOOPS_TIMEOUT.toMillis(), MILLISECONDS)) {
                    LOG.log(Level.WARNING, "calls of gRPC are still at work");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static Future<?> ended(EventLoopGroup group) {
            return group.shutdownGracefully(0, LOOPS_TIMEOUT.toMillis(), MILLISECONDS);
        }
    }
}
