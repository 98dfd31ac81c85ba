package io.longshore.bench.openloop;

import static java.util.Objects.requireNonNull;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInitializer;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.grpc.netty.shaded.io.netty.handler.codec.http.DefaultHttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpClientCodec;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpContent;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaderNames;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpHeaders;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpMethod;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpObject;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpResponse;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpUtil;
import io.grpc.netty.shaded.io.netty.handler.codec.http.HttpVersion;
import io.grpc.netty.shaded.io.netty.handler.codec.http.LastHttpContent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A kept-alive connection of HTTP/1.1 that posts the same body each time. Any status but 200 is a fault, with its text. A server may end a
 * connection that rests just when the next request is on its way: as any client does, that request goes out again on a new one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails is told to a listener or closes the channel.
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> implements Connection {
    private static final int OK = 200;

    private final URI target;
    private final byte[] body;
    private final HttpHeaders headers = new DefaultHttpHeaders();
    private final Bootstrap bootstrap;
    private @Nullable Channel channel;
    private @Nullable Answer waiting;
    private int status;
    private boolean staysOpen;
    /** Whether the request went out on a channel that has carried others, and nothing has come back yet. */
    private boolean mayHaveCrossed;

    private String reason = "";

    HttpConnection(EventLoopGroup loops, URI target, byte[] body, Map<String, String> headers) {
        this.target = target;
        this.body = body;
        this.headers.set(HttpHeaderNames.HOST, target.getAuthority());
        this.headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        headers.forEach(this.headers::set);
        this.bootstrap = new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(pipeline(this));
    }

    private static ChannelInitializer<Channel> pipeline(HttpConnection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), connection);
            }
        };
    }

    @Override
    public boolean isSharable() {
        return true; // Its channels follow one another.
    }

    @Override
    public void send(Answer answer) {
        waiting = answer;
        Channel current = channel;
        mayHaveCrossed = current != null && current.isActive();
        if (mayHaveCrossed) {
            write(requireNonNull(current));
        } else {
            connect();
        }
    }

    private void connect() {
        bootstrap.connect(target.getHost(), target.getPort()).addListener((ChannelFuture connected) -> {
            if (connected.isSuccess()) {
                channel = connected.channel();
                write(connected.channel());
            } else {
                end("cannot connect: " + connected.cause());
            }
        });
    }

    private void write(Channel current) {
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, target.getRawPath(), Unpooled.wrappedBuffer(body));
        request.headers().set(headers);
        current.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                lost(current, "cannot send: " + written.cause());
            }
        });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpResponse response) {
            mayHaveCrossed = false;
            status = response.status().code();
            staysOpen = HttpUtil.isKeepAlive(response);
            reason = "";
        }
        if (status != OK && part instanceof HttpContent content) {
            reason += content.content().toString(StandardCharsets.UTF_8);
        }
        if (part instanceof LastHttpContent) {
            if (!staysOpen) {
                channel = null;
                context.close();
            }
            end(status == OK ? null : "status " + status + ": " + reason);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lost(context.channel(), "the server hung up");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        lost(context.channel(), cause.toString());
        context.close();
    }

    /** A channel is of no more use. If it was given up before, the request is another one's. */
    private void lost(Channel ended, String fault) {
        if (ended != channel) {
            return;
        }
        channel = null;
        if (mayHaveCrossed && waiting != null) {
            mayHaveCrossed = false;
            connect();
        } else {
            end(fault);
        }
    }

    /** Tells of the answer, if one is waited for. */
    private void end(@Nullable String fault) {
        if (waiting != null) {
            Answer answer = requireNonNull(waiting);
            waiting = null;
            answer.complete(fault);
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close();
        }
    }
}
