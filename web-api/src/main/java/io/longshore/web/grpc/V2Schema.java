package io.longshore.web.grpc;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;

/** Where reflection finds the description of the service. */
class V2Schema implements ProtoServiceDescriptorSupplier {
    @Override
    public FileDescriptor getFileDescriptor() {
        return V2Service.DESCRIPTION.getFile();
    }

    @Override
    public ServiceDescriptor getServiceDescriptor() {
        return V2Service.DESCRIPTION;
    }

    /** And that of one method. */
    static final class Method extends V2Schema implements ProtoMethodDescriptorSupplier {
        private final String name;

        Method(String name) {
            this.name = name;
        }

        @Override
        public MethodDescriptor getMethodDescriptor() {
            return V2Service.DESCRIPTION.findMethodByName(name);
        }
    }
}
