package io.longshore.bench.echo;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.netty.shaded.io.netty.util.concurrent.Future;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Listens on the loopback address, on the port that the environment names in {@code ECHO_PORT}, with as many loops as Longshore's
 * endpoint has, and answers on them: no call could take fewer steps.
 */
@WebListener
public final class EchoServer implements ServletContextListener {
    private final EventLoopGroup acceptor = loops("echo-accept", 1);
    private final EventLoopGroup loops =
            loops("echo", Math.max(2, Runtime.getRuntime().availableProcessors() / 2));
    private final Server server = NettyServerBuilder.forAddress(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(System.getenv("ECHO_PORT"))))
            .bossEventLoopGroup(acceptor)
            .workerEventLoopGroup(loops)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .maxInboundMessageSize(Integer.MAX_VALUE)
            .addService(EchoService.definition())
            .build();

    private static EventLoopGroup loops(String name, int threads) {
        return new MultiThreadIoEventLoopGroup(
                threads, new DefaultThreadFactory(name, true), NioIoHandler.newFactory());
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        server.shutdownNow();
        end(acceptor);
        end(loops);
    }

    private static void end(EventLoopGroup group) {
        Future<?> end = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        end.awaitUninterruptibly(2_000);
    }
}
