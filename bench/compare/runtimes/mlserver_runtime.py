"""A runtime for MLServer, which has none for ONNX: tensors come and go through MLServer's own codec for NumPy arrays."""
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from onnx_session import open_session, run


class OnnxModel(MLModel):
    async def load(self) -> bool:
        parameters = self.settings.parameters
        self.session = open_session(parameters.uri, parameters.extra["intra_op_threads"])
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        inputs = {tensor.name: NumpyCodec.decode_input(tensor) for tensor in payload.inputs}
        outputs = run(self.session, inputs)
        return InferenceResponse(
            model_name=self.name, outputs=[NumpyCodec.encode_output(name, array) for name, array in outputs]
        )
